import assert from "node:assert/strict";
import test from "node:test";

import { Timestamp, duration, kinds, lists, numbers, text } from "../src/index.js";
import { install } from "../src/host.js";
import { inspectSchema, problemsOf, withDefaults } from "../src/schema.js";
// What the Python SDK is held to as well.
import cases from "../../same/cases.json" with { type: "json" };

test("numbers are told and rounded as in the other languages", () => {
  for (const [number, told] of cases.format) assert.equal(numbers.format(number), told);
  assert.equal(numbers.format(-0), "0");
  for (const [number, rounded] of cases.round) assert.equal(numbers.round(number), rounded);
});

test("texts are folded as in the other languages", () => {
  for (const [plain, folded] of cases.fold) assert.equal(text.fold(plain), folded);
  assert.deepEqual(["🦀", "ｱ"].sort(text.compare), ["ｱ", "🦀"]);
  assert.equal(text.length("🦀"), 1);
});

test("durations are read as in the other languages", () => {
  for (const [plain, expected] of cases.millis) {
    if (typeof expected === "number") assert.equal(duration.millis(plain), expected);
    else assert.throws(() => duration.millis(plain), { message: expected });
  }
});

test("kinds cover kinds", () => {
  for (const [pattern, kind, expected] of cases.covers) assert.equal(kinds.covers(pattern, kind), expected);
  assert.equal(kinds.check("email.*"), undefined);
  assert.match(kinds.check("e*"), /must be a kind/);
});

test("configurations are checked as in the other languages", () => {
  for (const [schema, config, expected] of cases.schema) {
    const problems = problemsOf(schema, config).map(({ pointer, message }) => [pointer, message]);
    assert.deepEqual(problems, expected, JSON.stringify(schema));
  }
  let deep = 1;
  for (let level = 0; level < 41; level += 1) deep = [deep];
  assert.equal(problemsOf({}, deep)[0].message, "nested more than 40 levels deep");
  assert.throws(() => inspectSchema({ items: { format: "email" } }), /`format` at \/items/);
  for (const [schema, message] of cases.badSchemas) assert.throws(() => inspectSchema(schema), { message });
  assert.deepEqual(withDefaults({ properties: { a: { default: 1 } } }, {}), { a: 1 });
});

test("moments count in days", () => {
  const moment = new Timestamp(1_000);
  assert.equal(moment.plusDays(0.5).millis, 43_201_000);
  assert.equal(moment.plusDays(0.5).daysSince(moment), 0.5);
  assert.ok(moment < moment.plusMillis(1));
});

test("what is found in a text is cut out of it", () => {
  install({ lists: { find: () => [{ entry: "ä", start: 5, end: 7 }] }, calendar: {} });
  const [hit] = lists.find("words", "🦀 ä!");
  assert.equal("🦀 ä!".slice(hit.start, hit.end), "ä");
});
