/** Follow-up: what happens if nobody calls? */
import { readActivities, readLead } from "./lead.js";
import { Timestamp } from "./timestamp.js";

/** The stages of a lead's life; each comes after the one before. */
export const LIFE_STAGES = ["uql", "mql", "sql", "deal"];

/** Where a lead is on its way, and since when. */
export class Matter {
  constructor(matter, nowMs, facts, kinds) {
    this.lead = readLead(matter.lead, facts);
    this.activities = readActivities(matter.activities, kinds);
    this.standing = matter.standing;
    this.stage = matter.stage;
    this.stageSince = new Timestamp(matter.stageSinceMs);
    this.pool = matter.pool ?? undefined;
    this.owner = matter.owner ?? undefined;
    this.nurtured = matter.nurtured;
    this.since = new Timestamp(matter.sinceMs);
    this.done = matter.done;
    this.now = new Timestamp(nowMs);
  }

  /** Whether the action with this key was done already. */
  isDone(key) {
    return this.done.includes(key);
  }
}

/** Something to be done. */
export const Deed = {
  /** Remind the owner, with this text. */
  remind: (message) => ({ tag: "remind", val: message }),
  /** Tell the owner's manager, with this text. */
  escalate: (message) => ({ tag: "escalate", val: message }),
  /** Take the lead from its owner and put it in this pool, or in the one that it came from. */
  recycle: (pool = undefined) => ({ tag: "recycle", val: pool ?? null }),
  /** Move the lead on to a stage of its life: `uql`, `mql`, `sql` or `deal`. */
  advance: (stage) => ({ tag: "advance", val: stage }),
  /** Take the lead through dispatch and allocation now, whatever its score. */
  route: () => ({ tag: "route" }),
  /** Send the lead this template. */
  send: (template) => ({ tag: "send", val: template }),
  /** Make a lead for another business line, which begins in this pool. */
  spawn: (line, pool) => ({ tag: "spawn", val: { line, pool } }),
  /** Whether nothing would come of it, because the lead already is where it would bring it. */
  isMoot: ({ tag, val }, matter) =>
    tag === "recycle" ? val !== null && matter.owner === undefined && matter.pool === val
    : tag === "advance" ? LIFE_STAGES.indexOf(matter.stage) >= LIFE_STAGES.indexOf(val)
    : false,
};

/** The answer of `review`: what to do now, and when to look again. */
export class NextSteps {
  actions = [];
  next = undefined;
  countdown = [];

  /** Nothing to do, and nothing to wait for. */
  static nothing() {
    return new NextSteps();
  }

  /** Adds something to be done now, with the key that keeps it from being done twice. */
  act(key, deed, reason) {
    this.actions.push({ key, deed, reason });
    return this;
  }

  /** Asks to look again at this moment; of several moments the earliest holds. */
  lookAgain(moment) {
    if (this.next === undefined || moment < this.next) this.next = moment;
    return this;
  }

  /** Says what will be done at a moment if nothing happens before, and asks to look again then. */
  deadline(rule, at, consequence) {
    this.countdown.push({ rule, atMs: at.millis, consequence });
    this.countdown.sort((one, other) => one.atMs - other.atMs);
    return this.lookAgain(at);
  }

  /** As the contract has it. */
  lower() {
    const actions = this.actions.map(({ key, deed, reason }) => ({ key, deed, reason: reason.lower() }));
    return { actions, nextMs: this.next?.millis ?? null, countdown: this.countdown };
  }
}
