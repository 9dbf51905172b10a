import assert from "node:assert/strict";
import test from "node:test";

import { Timestamp } from "leadsman-sdk";
import { harness, sample } from "leadsman-sdk/harness";
import FirstCall from "../src/plugin.js";

const GOT = new Timestamp(1_704_096_000_000);

test("an owner is reminded and then loses the lead", () => {
  const after = (hours: number, lead = sample()) =>
    harness(FirstCall, { within: "24h", remind: "2h" }).at(GOT.plusMillis(hours * 3_600_000))
      .review(lead, { owner: "ann", since: GOT }).actions.map(({ deed }) => deed.tag);
  assert.deepEqual(after(21), []);
  assert.deepEqual(after(22), ["remind"]);
  assert.deepEqual(after(24), ["recycle"]);
  assert.deepEqual(after(24, sample().did("call.done", GOT)), []);
});
