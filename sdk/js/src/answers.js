/** The words that all answers share: reasons, failures, and problems of a configuration. */

/** Why something was decided: a word for programs and a sentence for people. */
export class Reason {
  constructor(code, message, attribute = undefined) {
    Object.assign(this, { code, message, attribute });
  }

  /** The same reason, with the attribute that it is about. */
  about(attribute) {
    return new Reason(this.code, this.message, attribute);
  }

  /** As the contract has it. */
  lower() {
    return { code: this.code, message: this.message, attribute: this.attribute ?? null };
  }
}

/** Thrown by a stage that cannot answer; the host takes the fallback that the policy names. */
export class Failure extends Error {
  constructor(kind, message) {
    super(message);
    this.name = "Failure";
    this.kind = kind;
  }

  /** The input does not fit what the plugin can work with. */
  static badInput(message) {
    return new Failure("bad-input", message);
  }

  /** The plugin itself is at fault. */
  static internal(message) {
    return new Failure("internal", message);
  }

  /** Whatever was thrown, as the contract has it: what is no `Failure` is the plugin's own fault. */
  static lower(thrown) {
    if (thrown instanceof Failure) return { tag: thrown.kind, val: thrown.message };
    return { tag: "internal", val: told(thrown) };
  }
}

/** What was thrown, and the line of the author's on which it was, where `leadsman-build` noted that. */
export function told(thrown) {
  if (!(thrown instanceof Error)) return String(thrown);
  const places = globalThis[Symbol.for("leadsman.places")] ?? {};
  const lines = [...(thrown.stack ?? "").matchAll(/:(\d+):\d+\)/g)].map(([, line]) => places[line]);
  const place = lines.find((line) => line !== undefined);
  return `${thrown.name}: ${thrown.message}${place === undefined ? "" : `, at ${place}`}`;
}

/** What is wrong with one place of the configuration. */
export class Problem {
  /** @param {string} pointer the place as a JSON pointer; the empty one is the whole configuration */
  constructor(pointer, message) {
    Object.assign(this, { pointer, message });
  }
}

/** Thrown by `configure`: everything that is wrong with the configuration. */
export class Problems extends Error {
  constructor(problems) {
    super(problems.map(({ pointer, message }) => `at ${pointer || "the top"}: ${message}`).join("\n"));
    this.name = "Problems";
    this.problems = problems;
  }
}
