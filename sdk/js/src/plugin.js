/** What every plugin has besides its stages. */

/**
 * A plugin. Extend it, and add the methods of the stages that it serves:
 *
 * - `screen(lead)` gives a `Verdict`,
 * - `score({ lead, activities, now })` gives an `Assessment`,
 * - `route(request)` gives a `Proposal`,
 * - `review(matter)` gives `NextSteps`,
 * - `credit(conversion, touches)` gives one weight for each touch.
 *
 * The host keeps the plugin as it is after `configure`, and may start every later call from there: what a stage
 * remembers is lost. Prepare everything in `configure`.
 */
export class Plugin {
  /** The JSON Schema of the configuration. */
  static schema = { type: "object", additionalProperties: false };
  /** The attributes of leads that the plugin reads, by the names that it gives them. */
  static facts = {};
  /** The attributes of reps that it reads, likewise. Routing only. */
  static repFacts = {};

  /** The configuration, which fits the schema. */
  config;

  /** Checks what a schema cannot, and prepares what the stages will use. Throw `Problems` for what is wrong. */
  configure() {}

  /**
   * What the plugin, so configured, will read and speak of besides its facts: `activities` and `lists` by name,
   * `allTexts` for every text of the lead, and the `rules` that assessments name.
   */
  needs() {
    return {};
  }
}

/** The stages: the method that serves each, and the interface of the contracts that it is exported by. */
export const STAGES = {
  screen: "screening",
  score: "scoring",
  route: "routing",
  review: "follow-up",
  credit: "attribution",
};

/** The stages that a plugin class serves, by the names of the contracts. */
export const stagesOf = (plugin) =>
  Object.keys(STAGES).filter((method) => typeof plugin.prototype[method] === "function").map((method) => STAGES[method]);
