/** Rejects leads whose message has one of a few words in it. */
import { Plugin, Verdict, attribute, text, type Lead } from "leadsman-sdk";
import schema from "./config.schema.json" with { type: "json" };

const facts = { message: attribute.text("message").optional() };

export default class Words extends Plugin<{ words: string[] }> {
  static override schema = schema;
  static override facts = facts;
  words: string[] = [];

  override configure() {
    this.words = this.config.words.map(text.fold);
  }

  screen({ facts: { message = "" } }: Lead<typeof facts>): Verdict {
    const found = this.words.find((word) => text.contains(message, word));
    if (found === undefined) return Verdict.accept();
    return Verdict.accept().reject("unwanted-word", `The message has ${JSON.stringify(found)} in it.`);
  }
}
