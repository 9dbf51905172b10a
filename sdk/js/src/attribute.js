/**
 * The attributes that a plugin reads, by name and type. A required one that a lead lacks, or that has another
 * type, is answered with bad input; an optional one that a lead lacks is `undefined`.
 */
import { Failure } from "./answers.js";
import { Timestamp } from "./timestamp.js";

class Attribute {
  constructor(name, tag, expected, required = true) {
    Object.assign(this, { name, tag, expected, required });
  }

  /** The same attribute, for leads that need not have it. */
  optional() {
    return new Attribute(this.name, this.tag, this.expected, false);
  }

  /** Takes the host's value. */
  read(value) {
    if (value === null || value === undefined) {
      if (this.required) throw Failure.badInput(`attribute \`${this.name}\` is missing`);
      return undefined;
    }
    if (this.tag !== undefined && value.tag !== this.tag) {
      throw Failure.badInput(`attribute \`${this.name}\` must be ${this.expected}`);
    }
    return value.tag === "time" ? new Timestamp(value.val) : value.val;
  }
}

/** A text. */
export const text = (name) => new Attribute(name, "text", "a text");
/** A number. */
export const number = (name) => new Attribute(name, "number", "a number");
/** Yes or no. */
export const flag = (name) => new Attribute(name, "flag", "a flag");
/** A moment, as a `Timestamp`. */
export const time = (name) => new Attribute(name, "time", "a time");
/** A set of texts, in the order in which the source gave them. */
export const texts = (name) => new Attribute(name, "texts", "a set of texts");
/** Any of them. */
export const value = (name) => new Attribute(name, undefined, "a value");

/** The names of attributes, in the order in which the host sends their values. */
export const names = (attributes) => Object.values(attributes).map((attribute) => attribute.name);

/** Gives the positional values of the host their names. */
export function read(attributes, values) {
  const entries = Object.entries(attributes);
  return Object.fromEntries(entries.map(([name, attribute], place) => [name, attribute.read(values[place])]));
}
