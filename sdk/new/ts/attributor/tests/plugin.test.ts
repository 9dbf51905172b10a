import assert from "node:assert/strict";
import test from "node:test";

import { Timestamp } from "leadsman-sdk";
import { harness } from "leadsman-sdk/harness";
import Campaigns from "../src/plugin.js";

test("touches of campaigns earn more", () => {
  const at = new Timestamp(1_704_096_000_000);
  const touches = [{ at, channel: "email" }, { at, channel: "email", campaign: "spring" }];
  assert.deepEqual(harness(Campaigns, { factor: 3 }).credit({}, touches), [1, 3]);
});
