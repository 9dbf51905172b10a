/** Gives a lead to the rep who speaks its language and has the fewest leads. */
import { Plugin, Proposal, attribute, type Request } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

const facts = { language: attribute.text("person.language").optional() };
const repFacts = { languages: attribute.texts("languages").optional() };

export default class Languages extends Plugin<{ otherwise: string }> {
  static override schema = schema;
  static override facts = facts;
  static override repFacts = repFacts;

  route({ lead, candidates }: Request<typeof facts, typeof repFacts>): Proposal {
    const language = lead.facts.language ?? this.config.otherwise;
    const speakers = candidates.filter((candidate) => candidate.facts.languages?.includes(language));
    const [first] = speakers.toSorted((one, other) => one.load - other.load);
    if (first === undefined) return Proposal.pass().because("nobody", `Nobody who is there speaks ${language}.`);
    return Proposal.rep(first.rep).because("speaks", `${first.rep} speaks ${language} and has ${first.load} leads.`);
  }
}
