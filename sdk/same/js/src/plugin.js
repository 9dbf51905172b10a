/** Scores by size, industry, age, tags and words: whatever languages do differently is in it. */
import { Assessment, Failure, Plugin, attribute, lists, numbers, text } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class Same extends Plugin {
  static schema = schema;
  static facts = {
    size: attribute.number("company.size").optional(),
    name: attribute.text("company.name").optional(),
    industry: attribute.text("industry").optional(),
    message: attribute.text("message").optional(),
    created: attribute.time("created").optional(),
    newsletter: attribute.flag("newsletter").optional(),
    tags: attribute.texts("tags").optional(),
  };

  configure() {
    this.industry = text.fold(this.config.industry);
  }

  needs() {
    return { lists: ["named", "words"] };
  }

  score({ lead: { facts }, now }) {
    const sum = new Assessment();
    if (facts.size === undefined) throw Failure.badInput("nobody knows the size");
    const step = this.config.steps.findLast(({ from }) => facts.size >= from);
    if (step !== undefined) {
      const share = numbers.format(facts.size / 3);
      sum.fit("size", (step.points * facts.size) / 7, `A third of them are ${share}.`);
    }
    if (facts.industry !== undefined) {
      const points = text.equals(facts.industry, this.industry) ? 5.5 : -0.25;
      sum.fit("industry", points, `It is in “${text.trim(facts.industry)}”.`);
    }
    if (facts.created !== undefined) {
      const days = now.daysSince(facts.created);
      const later = numbers.format(facts.created.plusDays(this.config.each).millis);
      sum.engagement("age", days * this.config.each, `${numbers.format(days)} days; ${later}.`);
    }
    if (facts.tags !== undefined) {
      sum.fit("tags", facts.tags.length * this.config.each, `Tags: ${facts.tags.map(text.fold).join(", ")}.`);
    }
    if (facts.newsletter) sum.engagement("newsletter", 1, "Reads the newsletter.");
    if (facts.name !== undefined && lists.contains("named", facts.name)) sum.fit("named", 20, "A named account.");
    const message = facts.message ?? "";
    for (const { entry, start, end } of lists.find("words", message)) {
      sum.engagement("words", 2, `Says “${message.slice(start, end)}”: ${entry}.`);
    }
    return sum;
  }
}
