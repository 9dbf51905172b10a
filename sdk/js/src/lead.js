/** A lead as a plugin sees it, and what the lead did. */
import * as attribute from "./attribute.js";
import { Timestamp } from "./timestamp.js";

/** Gives what the host sends by place its names. */
export const readLead = ({ id, receivedMs, values, texts }, facts) => ({
  id,
  received: new Timestamp(receivedMs),
  facts: attribute.read(facts, values),
  texts,
});

/** Activities, each with its kind as the plugin named it. */
export const readActivities = (activities, kinds) =>
  activities.map(({ kind, atMs, quantity }) => ({ kind: kinds[kind], at: new Timestamp(atMs), quantity }));
