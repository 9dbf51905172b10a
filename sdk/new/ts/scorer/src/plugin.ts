/** Gives points to companies from a certain size on. */
import { Assessment, Plugin, Rule, attribute, type ScoringInput } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

const facts = { size: attribute.number("company.size").optional() };

export default class Size extends Plugin<{ big: number }> {
  static override schema = schema;
  static override facts = facts;

  override needs() {
    return { rules: [new Rule("big", "fit", "A big company.")] };
  }

  score({ lead }: ScoringInput<typeof facts>): Assessment {
    const { size = 0 } = lead.facts;
    return size >= this.config.big ? new Assessment().declared("big", 20) : new Assessment();
  }
}
