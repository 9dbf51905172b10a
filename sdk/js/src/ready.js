/** A plugin between the contracts and its class: what comes is read, what goes is lowered. */
import { Failure, Problem, Problems } from "./answers.js";
import * as attribute from "./attribute.js";
import { Matter } from "./follow-up.js";
import { readActivities, readLead } from "./lead.js";
import { Request } from "./routing.js";
import { problemsOf, withDefaults } from "./schema.js";
import { Timestamp } from "./timestamp.js";

/** A plugin class, and its one instance once it took a configuration. */
export class Ready {
  #class;
  #plugin;
  #needs = {};
  #places = new Map();

  constructor(plugin) {
    this.#class = plugin;
  }

  /**
   * Takes a configuration, and gives the needs as the contract has them.
   *
   * @throws {Problems} everything that is wrong with it
   */
  configure(text) {
    const { schema, facts, repFacts } = this.#class;
    const config = parsed(text);
    const problems = problemsOf(schema, config);
    if (problems.length > 0) throw new Problems(problems);
    const plugin = new this.#class();
    plugin.config = withDefaults(schema, config);
    plugin.configure();
    const { activities = [], lists = [], allTexts = false, rules = [] } = plugin.needs();
    this.#plugin = plugin;
    this.#places = new Map(rules.map(({ name }, place) => [name, place]));
    this.#needs = {
      attributes: attribute.names(facts),
      allTexts,
      activities: [...activities],
      repAttributes: attribute.names(repFacts),
      lists: [...lists],
      rules: rules.map((rule) => ({ ...rule })),
    };
    return this.#needs;
  }

  /** Screens one lead. */
  screen(lead) {
    return this.#configured().screen(readLead(lead, this.#class.facts)).lower();
  }

  /** Scores one lead. */
  score({ lead, activities, nowMs }) {
    const input = {
      lead: readLead(lead, this.#class.facts),
      activities: readActivities(activities, this.#needs.activities),
      now: new Timestamp(nowMs),
    };
    return this.#configured().score(input).lower(this.#places);
  }

  /** Answers one question of routing. */
  route(request) {
    const { facts, repFacts } = this.#class;
    return this.#configured().route(new Request(request, facts, repFacts)).lower();
  }

  /** Reviews one lead. */
  review(matter, nowMs) {
    const read = new Matter(matter, nowMs, this.#class.facts, this.#needs.activities);
    return this.#configured().review(read).lower();
  }

  /** Weighs the touches of one conversion. */
  credit({ id, scenario, atMs, leadCreatedMs, dealCreatedMs }, touches) {
    const moment = (millis) => (millis === null || millis === undefined ? undefined : new Timestamp(millis));
    const conversion = {
      id, scenario, at: moment(atMs), leadCreated: moment(leadCreatedMs), dealCreated: moment(dealCreatedMs),
    };
    const read = ({ atMs, channel, campaign }) => ({ at: moment(atMs), channel, campaign: campaign ?? undefined });
    return this.#configured().credit(conversion, touches.map(read));
  }

  #configured() {
    if (this.#plugin === undefined) throw Failure.internal("a stage was called before `configure` succeeded");
    return this.#plugin;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problems([new Problem("", error.message)]);
  }
}
