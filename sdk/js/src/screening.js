/** Screening: is this lead junk? */

const HARSHNESS = ["accept", "flag", "reject"];

/** One thing found in a lead: a word for programs, a sentence for people, where it was found, and what. */
export class Finding {
  constructor(code, message, { attribute, evidence } = {}) {
    Object.assign(this, { code, message, attribute, evidence });
  }
}

/** The answer of `screen`: what shall happen to the lead, and what was found. */
export class Verdict {
  disposition = "accept";
  findings = [];

  /** Nothing was found against the lead. */
  static accept() {
    return new Verdict();
  }

  /** Flags the lead: it goes on, with this finding. A lead that is rejected stays rejected. */
  flag(code, message, where = {}) {
    return this.with("flag", new Finding(code, message, where));
  }

  /** Rejects the lead for this finding. */
  reject(code, message, where = {}) {
    return this.with("reject", new Finding(code, message, where));
  }

  /** Adds a finding with `flag` or `reject`. Of this and the one before, the harsher holds. */
  with(disposition, finding) {
    const harsher = HARSHNESS.indexOf(disposition) > HARSHNESS.indexOf(this.disposition);
    if (harsher) this.disposition = disposition;
    this.findings.push(finding);
    return this;
  }

  /** As the contract has it. */
  lower() {
    const findings = this.findings.map(({ code, message, attribute, evidence }) => {
      return { code, message, attribute: attribute ?? null, evidence: evidence ?? null };
    });
    return { disposition: this.disposition, findings };
  }
}
