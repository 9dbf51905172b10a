/** Shares the credit among all touches, and gives those of campaigns more. */
import { Plugin } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class Campaigns extends Plugin {
  static schema = schema;

  credit(_conversion, touches) {
    return touches.map(({ campaign }) => (campaign === undefined ? 1 : this.config.factor));
  }
}
