import assert from "node:assert/strict";
import test from "node:test";

import { Timestamp } from "leadsman-sdk";
import { harness, sample } from "leadsman-sdk/harness";
import OtherStages from "../src/plugin.js";

const MORNING = new Timestamp(1_704_096_000_000);
const plugin = () => harness(OtherStages).at(MORNING);

test("a blocked number is rejected", () => {
  const screened = (phone) => plugin().lists({ "blocked-phones": ["+49 30 1"] }).screen(sample().with("contact.phone", phone));
  assert.equal(screened("+49301").disposition, "reject");
  assert.equal(screened("+49302").disposition, "accept");
});

test("who speaks the language and has the fewest leads gets the lead", () => {
  const candidates = [
    { rep: "ann", load: 3, attributes: { languages: ["de"] } },
    { rep: "bob", load: 1, attributes: { languages: ["de", "en"] } },
    { rep: "cem", load: 0, attributes: { languages: ["tr"] } },
  ];
  const lead = sample().with("contact.language", "de");
  assert.deepEqual(plugin().route(lead, { pool: "inbound", candidates }).choice, { tag: "rep", val: "bob" });
  assert.deepEqual(plugin().route(lead, { pools: ["inbound"] }).choice, { tag: "pass" });
});

test("a lead that nobody calls goes back", () => {
  const owned = (hours) => ({ owner: "ann", since: MORNING.plusMillis(-hours * 3_600_000) });
  const waiting = plugin().review(sample(), owned(1));
  assert.deepEqual([waiting.actions.length, waiting.nextMs - MORNING.millis], [0, 23 * 3_600_000]);
  assert.equal(plugin().review(sample(), owned(25)).actions[0].deed.tag, "recycle");
  const called = sample().did("call.done", MORNING);
  assert.equal(plugin().review(called, owned(25)).actions.length, 0);
});

test("first and last touch count twice", () => {
  const touch = { at: MORNING, channel: "direct" };
  assert.deepEqual(plugin().credit({}, [touch, touch, touch]), [2, 1, 2]);
});

test("a duration that is none is a problem with its place", () => {
  assert.throws(() => harness(OtherStages, { within: "0h" }), { message: "at /within: must be at least `1m`" });
});
