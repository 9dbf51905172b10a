import assert from "node:assert/strict";
import test from "node:test";

import { harness, sample } from "leadsman-sdk/harness";
import Words from "../src/plugin.js";

test("an unwanted word is found however it is written", () => {
  const words = harness(Words, { words: ["casino"] });
  assert.equal(words.screen(sample().with("message", "Best CASINO in town")).disposition, "reject");
  assert.equal(words.screen(sample()).disposition, "accept");
});

test("words must be given", () => {
  assert.throws(() => harness(Words, { words: [] }), /at \/words/);
});
