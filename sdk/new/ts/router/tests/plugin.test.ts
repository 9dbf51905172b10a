import assert from "node:assert/strict";
import test from "node:test";

import { harness, sample, type Sample } from "leadsman-sdk/harness";
import Languages from "../src/plugin.js";

test("whoever speaks the language and has least to do gets the lead", () => {
  const candidates = [
    { rep: "ann", load: 5, attributes: { languages: ["en", "de"] } },
    { rep: "bob", load: 1, attributes: { languages: ["en"] } },
  ];
  const choice = (lead: Sample) => harness(Languages, { otherwise: "en" }).route(lead, { pool: "inbound", candidates }).choice;
  assert.deepEqual(choice(sample()), { tag: "rep", val: "bob" });
  assert.deepEqual(choice(sample().with("person.language", "de")), { tag: "rep", val: "ann" });
  assert.deepEqual(choice(sample().with("person.language", "fr")), { tag: "pass" });
});
