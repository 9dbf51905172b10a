/** Shares the credit among all touches, and gives those of campaigns more. */
import { Plugin, type Conversion, type Touch } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class Campaigns extends Plugin<{ factor: number }> {
  static override schema = schema;

  credit(_conversion: Conversion, touches: readonly Touch[]): number[] {
    return touches.map(({ campaign }) => (campaign === undefined ? 1 : this.config.factor));
  }
}
