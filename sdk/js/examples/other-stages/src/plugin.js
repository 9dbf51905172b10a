/** The smallest of each stage but scoring: write only the methods of the stages that you serve. */
import {
  Deed, NextSteps, Plugin, Problem, Problems, Proposal, Reason, Verdict, attribute, calendar, duration, lists,
} from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class OtherStages extends Plugin {
  static schema = schema;
  static facts = {
    phone: attribute.text("contact.phone").optional(),
    language: attribute.text("contact.language").optional(),
  };
  static repFacts = { languages: attribute.texts("languages").optional() };

  configure() {
    try {
      this.within = duration.millis(this.config.within);
    } catch (error) {
      throw new Problems([new Problem("/within", error.message)]);
    }
  }

  needs() {
    return { activities: ["call.*"], lists: ["blocked-phones"] };
  }

  /** Screening: is this lead junk? */
  screen({ facts: { phone } }) {
    if (phone === undefined || !lists.contains("blocked-phones", phone)) return Verdict.accept();
    return Verdict.accept().reject("blocked", "The number is blocked.", { attribute: "contact.phone", evidence: phone });
  }

  /** Routing: who of the pool speaks the lead's language, and has the fewest leads? */
  route({ question, lead: { facts }, candidates }) {
    if (question === "dispatch" || facts.language === undefined) return Proposal.pass();
    const speakers = candidates.filter((candidate) => candidate.facts.languages?.includes(facts.language));
    if (speakers.length === 0) return Proposal.pass();
    const least = speakers.reduce((one, other) => (other.load < one.load ? other : one));
    return Proposal.rep(least.rep).because("language", `Speaks ${facts.language}.`);
  }

  /** Follow-up: what if nobody calls? */
  review({ owner, activities, since, now }) {
    if (owner === undefined || activities.some(({ at }) => at >= since)) return NextSteps.nothing();
    const due = calendar.addWorkingMs("office", since, this.within);
    if (now < due) return NextSteps.nothing().deadline("first-call", due, "back to the pool");
    const reason = new Reason("no-call", `Nobody called within ${this.config.within}.`);
    return NextSteps.nothing().act(`first-call ${since.millis}`, Deed.recycle(), reason);
  }

  /** Attribution: which touches earned the deal? */
  credit(_conversion, touches) {
    return touches.map((_touch, place) => (place === 0 || place === touches.length - 1 ? 2 : 1));
  }
}
