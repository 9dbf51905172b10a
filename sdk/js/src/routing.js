/** Routing: who gets this lead? */
import { Reason } from "./answers.js";
import * as attribute from "./attribute.js";
import { readLead } from "./lead.js";
import { Timestamp } from "./timestamp.js";

/** One question, with names for what the host sends by place. */
export class Request {
  constructor(request, facts, repFacts) {
    const { question, standing, pool, pools, counters } = request;
    this.question = question;
    this.lead = readLead(request.lead, facts);
    this.standing = standing;
    this.pool = pool ?? undefined;
    this.pools = pools;
    this.candidates = request.candidates.map(({ rep, teams, weight, load, cap, values }) => {
      return { rep, teams, weight, load, cap: cap ?? undefined, facts: attribute.read(repFacts, values) };
    });
    this.acquaintances = request.acquaintances.map(({ rep, relation, sinceMs }) => {
      return { rep, relation, since: new Timestamp(sinceMs) };
    });
    this.counters = counters;
    this.now = new Timestamp(request.nowMs);
  }

  /** The candidate with this id. */
  candidate(rep) {
    return this.candidates.find((candidate) => candidate.rep === rep);
  }

  /** The value of a counter; zero if it was never set. */
  counter(key) {
    return this.counters.find((counter) => counter.key === key)?.value ?? 0;
  }
}

/** The answer of `route`: what is proposed, and why. */
export class Proposal {
  ranking = [];
  overlooked = [];
  counters = [];
  reasons = [];

  /** A choice as the contract has it; the functions below make each. */
  constructor(choice) {
    this.choice = choice;
  }

  /** No opinion: ask the next plugin. */
  static pass() {
    return new Proposal({ tag: "pass" });
  }

  /** Put the lead in this pool. */
  static pool(pool) {
    return new Proposal({ tag: "pool", val: pool });
  }

  /** Give the lead to this rep, who must be a candidate. */
  static rep(rep) {
    return new Proposal({ tag: "rep", val: rep });
  }

  /** Ask the next plugin, with only these candidates left. */
  static narrow(reps) {
    return new Proposal({ tag: "narrow", val: reps });
  }

  /** Decide nothing before this moment. */
  static holdUntil(moment) {
    return new Proposal({ tag: "hold-until", val: moment.millis });
  }

  /** Leave the lead to marketing. */
  static nurture() {
    return new Proposal({ tag: "nurture" });
  }

  /** Adds a reason. */
  because(code, message, attributeName = undefined) {
    this.reasons.push(new Reason(code, message, attributeName));
    return this;
  }

  /** Adds a candidate at the end of the ranking. */
  ranked(rep, message) {
    this.ranking.push({ rep, message });
    return this;
  }

  /** Says of a rep why not. */
  passedOver(rep, code, message) {
    this.overlooked.push({ rep, code, message });
    return this;
  }

  /** Sets a counter to a new value. */
  counter(key, value) {
    this.counters.push({ key, value });
    return this;
  }

  /** As the contract has it. */
  lower() {
    const { choice, ranking, overlooked, counters, reasons } = this;
    return { choice, ranking, passedOver: overlooked, counters, reasons: reasons.map((reason) => reason.lower()) };
  }
}
