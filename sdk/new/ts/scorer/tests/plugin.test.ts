import assert from "node:assert/strict";
import test from "node:test";

import { harness, sample } from "leadsman-sdk/harness";
import Size from "../src/plugin.js";

test("big companies get points", () => {
  const size = harness(Size, { big: 100 });
  assert.equal(size.score(sample().with("company.size", 250)).total, 20);
  assert.equal(size.score(sample()).total, 0);
});
