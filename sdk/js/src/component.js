/** From a plugin class to the exports of a component. What `leadsman-build` generates calls it; authors do not. */
import { Failure, Problem, Problems, told } from "./answers.js";
import { install } from "./host.js";
import { STAGES, stagesOf } from "./plugin.js";
import { Ready } from "./ready.js";

/**
 * The exports of a component, by the names that `componentize-qjs` gives the interfaces.
 *
 * @param {typeof import("./plugin.js").Plugin} plugin the class
 * @param {{ name: string, version: string, summary: string }} identity who the plugin is
 * @param {object} imports the host's interfaces `lists` and `calendar`
 */
export function component(plugin, identity, imports) {
  install(imports);
  hideChance();
  const ready = new Ready(plugin);
  const exports = {
    plugin: {
      describe: () => ({ ...identity, configurationSchema: JSON.stringify(plugin.schema) }),
      configure: (configuration) => orProblems(() => ready.configure(configuration)),
    },
    screening: { screen: (leads) => leads.map((lead) => asResult(() => ready.screen(lead))) },
    scoring: { score: (inputs) => inputs.map((input) => asResult(() => ready.score(input))) },
    routing: { route: (request) => orFailure(() => ready.route(request)) },
    followUp: { review: (matter, nowMs) => orFailure(() => ready.review(matter, nowMs)) },
    attribution: { credit: (conversion, touches) => orFailure(() => ready.credit(conversion, touches)) },
  };
  return exports;
}

/** The stages of a class; for `leadsman-build`. */
export { STAGES, stagesOf };
export { inspectSchema } from "./schema.js";

/** An answer in a list is a value; what was thrown for one lead does not cost the others their answer. */
function asResult(answer) {
  try {
    return { tag: "ok", val: answer() };
  } catch (thrown) {
    return { tag: "err", val: Failure.lower(thrown) };
  }
}

/** An answer that stands alone is returned, or its failure thrown. */
function orFailure(answer) {
  try {
    return answer();
  } catch (thrown) {
    throw Failure.lower(thrown);
  }
}

function orProblems(answer) {
  try {
    return answer();
  } catch (thrown) {
    const problems = thrown instanceof Problems ? thrown.problems : [new Problem("", told(thrown))];
    throw problems.map(({ pointer, message }) => ({ pointer, message }));
  }
}

/** Chance was drawn when the component was built: the same for every lead, which is worse than none. */
function hideChance() {
  Math.random = () => {
    throw Failure.internal("a plugin has no randomness: derive it from the lead's id");
  };
  globalThis.console ??= Object.fromEntries(["debug", "error", "info", "log", "warn"].map((name) => [name, () => {}]));
}
