/** Scoring: what is this lead worth? */
import { Failure } from "./answers.js";

/** A rule that can contribute: its name, its axis (`fit` or `engagement`), and one sentence for people. */
export class Rule {
  constructor(name, axis, message) {
    Object.assign(this, { name, axis, message });
  }
}

/** The answer of `score`: what each rule contributes. The score is the sum of it and nothing else. */
export class Assessment {
  contributions = [];

  /** Adds points for what the lead is. */
  fit(rule, points, message, detail = undefined) {
    return this.with(new Rule(rule, "fit", message), points, detail);
  }

  /** Adds points for what the lead did. */
  engagement(rule, points, message, detail = undefined) {
    return this.with(new Rule(rule, "engagement", message), points, detail);
  }

  /** Adds points of a rule. Points may be negative; `detail` is what is to be said of this lead besides. */
  with(rule, points, detail = undefined) {
    this.contributions.push({ rule, points, detail });
    return this;
  }

  /** Adds points of a rule of `needs`, by its name: cheaper than spelling it out for every lead. */
  declared(name, points, detail = undefined) {
    return this.with(name, points, detail);
  }

  /** As the contract has it; `places` are those of the declared rules. */
  lower(places) {
    const contributions = this.contributions.map(({ rule, points, detail }) => {
      return { rule: reference(rule, places), points, detail: detail ?? null };
    });
    return { contributions };
  }
}

function reference(rule, places) {
  if (rule instanceof Rule) return { tag: "spelled", val: { ...rule } };
  const place = places.get(rule);
  if (place === undefined) throw Failure.internal(`the rule \`${rule}\` is not declared`);
  return { tag: "declared", val: place };
}
