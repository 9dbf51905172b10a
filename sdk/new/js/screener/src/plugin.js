/** Rejects leads whose message has one of a few words in it. */
import { Plugin, Verdict, attribute, text } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

export default class Words extends Plugin {
  static schema = schema;
  static facts = { message: attribute.text("message").optional() };

  configure() {
    this.words = this.config.words.map(text.fold);
  }

  screen({ facts: { message = "" } }) {
    const found = this.words.find((word) => text.contains(message, word));
    if (found === undefined) return Verdict.accept();
    return Verdict.accept().reject("unwanted-word", `The message has ${JSON.stringify(found)} in it.`);
  }
}
