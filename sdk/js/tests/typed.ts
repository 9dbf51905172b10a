/** A plugin in TypeScript: `npm run types` checks that the types of the SDK fit what authors write. */
import { Assessment, Plugin, attribute, type ScoringInput } from "leadsman-sdk";
import { harness, sample } from "leadsman-sdk/harness";

const facts = { size: attribute.number("company.size").optional(), industry: attribute.text("industry") };

export default class Size extends Plugin<{ big: number }> {
  static override facts = facts;

  score({ lead, now }: ScoringInput<typeof facts>): Assessment {
    const { size, industry } = lead.facts;
    // @ts-expect-error it may be undefined
    size.toFixed();
    const days: number = now.daysSince(lead.received);
    return size !== undefined && size >= this.config.big
      ? new Assessment().fit("big", days, industry.toUpperCase())
      : new Assessment();
  }
}

export const total: number = harness(Size, { big: 100 }).score(sample().with("company.size", 3)).total;
