/** Gives a lead to the rep who speaks its language and has the fewest leads. */
import { Plugin, Proposal, attribute } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class Languages extends Plugin {
  static schema = schema;
  static facts = { language: attribute.text("person.language").optional() };
  static repFacts = { languages: attribute.texts("languages").optional() };

  route({ lead, candidates }) {
    const language = lead.facts.language ?? this.config.otherwise;
    const speakers = candidates.filter((candidate) => candidate.facts.languages?.includes(language));
    if (speakers.length === 0) return Proposal.pass().because("nobody", `Nobody who is there speaks ${language}.`);
    const first = speakers.reduce((one, other) => (other.load < one.load ? other : one));
    return Proposal.rep(first.rep).because("speaks", `${first.rep} speaks ${language} and has ${first.load} leads.`);
  }
}
