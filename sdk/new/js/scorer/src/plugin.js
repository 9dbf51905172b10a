/** Gives points to companies from a certain size on. */
import { Assessment, Plugin, attribute } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class Size extends Plugin {
  static schema = schema;
  static facts = { size: attribute.number("company.size").optional() };

  score({ lead }) {
    const big = lead.facts.size >= this.config.big;
    return big ? new Assessment().fit("big", 20, "A big company.") : new Assessment();
  }
}
