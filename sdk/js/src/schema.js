/**
 * Checking a configuration against its JSON Schema: every problem with its place. The keywords are those below;
 * `inspectSchema` refuses a schema with others, so that none is a promise that nobody keeps. The messages are
 * those of the Python SDK, to the letter.
 */
import { Problem } from "./answers.js";
import { format } from "./numbers.js";
import { length } from "./text.js";

/** How deep a configuration may be nested. */
const DEPTH_MAX = 40;

/** Keywords that say something to people. */
const WORDS = ["$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"];

const ARTICLES = {
  object: "a table", array: "a list", string: "a text", number: "a number", integer: "a whole number",
  boolean: "true or false", null: "null",
};

/** What each keyword demands: `(demand, value, place)` with `place` to report to. */
const KEYWORDS = {
  type(demand, value, place) {
    const types = [demand].flat();
    if (types.some((type) => isOf(type, value))) return;
    place.report(`must be ${types.map((type) => ARTICLES[type]).join(" or ")}`);
  },
  const: (demand, value, place) => same(demand, value) || place.report(`must be ${show(demand)}`),
  enum: (demand, value, place) =>
    demand.some((one) => same(one, value)) || place.report(`must be one of ${demand.map(show).join(", ")}`),
  minimum: (demand, value, place) => !(value < demand) || place.report(`must be at least ${show(demand)}`),
  maximum: (demand, value, place) => !(value > demand) || place.report(`must be at most ${show(demand)}`),
  exclusiveMinimum: (demand, value, place) => !(value <= demand) || place.report(`must be more than ${show(demand)}`),
  exclusiveMaximum: (demand, value, place) => !(value >= demand) || place.report(`must be less than ${show(demand)}`),
  minLength: (demand, value, place) =>
    length(value) >= demand || place.report(`must have at least ${demand} characters`),
  maxLength: (demand, value, place) =>
    length(value) <= demand || place.report(`must have at most ${demand} characters`),
  pattern: (demand, value, place) =>
    new RegExp(demand, "u").test(value) || place.report(`must match \`${demand}\``),
  minItems: (demand, value, place) => value.length >= demand || place.report(`must have at least ${demand} items`),
  maxItems: (demand, value, place) => value.length <= demand || place.report(`must have at most ${demand} items`),
  uniqueItems(demand, value, place) {
    const again = value.findIndex((one, at) => value.slice(0, at).some((other) => same(one, other)));
    if (demand && again >= 0) place.below(again).report("is there already");
  },
  items: (demand, value, place) => value.forEach((one, at) => check(demand, one, place.below(at))),
  required: (demand, value, place) =>
    demand.forEach((name) => Object.hasOwn(value, name) || place.report(`\`${name}\` is missing`)),
  properties(demand, value, place) {
    for (const [name, schema] of Object.entries(demand)) {
      if (Object.hasOwn(value, name)) check(schema, value[name], place.below(name));
    }
  },
  additionalProperties(demand, value, place, { properties = {} }) {
    for (const name of Object.keys(value).filter((name) => !Object.hasOwn(properties, name))) {
      if (demand !== false) check(demand, value[name], place.below(name));
      else place.below(name).report(unknown(Object.keys(properties)));
    }
  },
  anyOf(demand, value, place) {
    if (demand.some((schema) => isFine(schema, value, place))) return;
    place.report("fits none of the forms that it may have");
  },
  oneOf(demand, value, place) {
    const fitting = demand.filter((schema) => isFine(schema, value, place)).length;
    if (fitting === 0) place.report("fits none of the forms that it may have");
    if (fitting > 1) place.report("fits several of the forms of which it may have one");
  },
  allOf: (demand, value, place) => demand.forEach((schema) => check(schema, value, place)),
  $ref: (demand, value, place) => check(place.definition(demand), value, place),
};

/** To which values a keyword applies, if not to all. */
const APPLIES = {
  minimum: "number", maximum: "number", exclusiveMinimum: "number", exclusiveMaximum: "number",
  minLength: "string", maxLength: "string", pattern: "string",
  minItems: "array", maxItems: "array", uniqueItems: "array", items: "array",
  required: "object", properties: "object", additionalProperties: "object",
};

/** A place in a configuration, where problems are reported. */
class Place {
  constructor(root, pointer, problems) {
    Object.assign(this, { root, pointer, problems });
  }

  below(token) {
    const escaped = String(token).replaceAll("~", "~0").replaceAll("/", "~1");
    return new Place(this.root, `${this.pointer}/${escaped}`, this.problems);
  }

  report(message) {
    this.problems.push(new Problem(this.pointer, message));
  }

  definition(reference) {
    const definition = this.root.$defs?.[reference.replace("#/$defs/", "")];
    if (definition === undefined) throw new Error(`the schema has no \`${reference}\``);
    return definition;
  }
}

/** Everything that is wrong with a configuration. */
export function problemsOf(schema, config) {
  const place = new Place(schema, "", []);
  if (depth(config) > DEPTH_MAX) place.report(`nested more than ${DEPTH_MAX} levels deep`);
  else check(schema, config, place);
  return place.problems;
}

/** What stands for a keyword has to be, and how that is said. */
const DEMANDS = {
  type: [
    (one) => [one].flat().every((type) => Object.hasOwn(ARTICLES, type)),
    `one of ${Object.keys(ARTICLES).join(", ")}, or a list of them`,
  ],
  pattern: [isPattern, "a regular expression"],
  uniqueItems: [(one) => typeof one === "boolean", "true or false"],
  required: [(one) => Array.isArray(one) && one.every((name) => typeof name === "string"), "a list of names"],
  $ref: [(one) => typeof one === "string" && one.startsWith("#/$defs/"), "`#/$defs/NAME`"],
  ...each(["enum", "anyOf", "oneOf", "allOf"], [Array.isArray, "a list"]),
  ...each(["properties", "$defs"], [(one) => isOf("object", one), "a table"]),
  ...each(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"], [(one) => isOf("number", one), "a number"]),
  ...each(
    ["minLength", "maxLength", "minItems", "maxItems"],
    [(one) => isOf("integer", one) && one >= 0, "a whole number from 0 on"],
  ),
};

function each(keywords, demand) {
  return Object.fromEntries(keywords.map((keyword) => [keyword, demand]));
}

function isPattern(text) {
  try {
    return typeof text === "string" && new RegExp(text, "u") !== null;
  } catch {
    return false;
  }
}

/** Says why a schema cannot be checked, if it cannot: it is none, or has a keyword that is not known here. */
export function inspectSchema(schema, pointer = "") {
  if (typeof schema === "boolean") return;
  const place = pointer || "the top";
  if (!isOf("object", schema)) throw new Error(`the schema must be a table at ${place}, or true or false`);
  const known = [...WORDS, "default", ...Object.keys(KEYWORDS)];
  for (const [keyword, demand] of Object.entries(schema)) {
    if (!known.includes(keyword)) throw new Error(`the schema has \`${keyword}\` at ${place}, which is not checked here`);
    const [fits, wanted] = DEMANDS[keyword] ?? [() => true, ""];
    if (!fits(demand)) throw new Error(`the schema's \`${keyword}\` at ${place} must be ${wanted}, not ${JSON.stringify(demand)}`);
  }
  for (const keyword of ["properties", "$defs"]) {
    for (const [name, one] of Object.entries(schema[keyword] ?? {})) inspectSchema(one, `${pointer}/${keyword}/${name}`);
  }
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    (schema[keyword] ?? []).forEach((one, at) => inspectSchema(one, `${pointer}/${keyword}/${at}`));
  }
  for (const keyword of ["items", "additionalProperties"]) {
    if (schema[keyword] !== undefined) inspectSchema(schema[keyword], `${pointer}/${keyword}`);
  }
}

/** The configuration with the defaults of its schema where it says nothing, at any depth of `properties`. */
export function withDefaults(schema, config, root = schema) {
  const described = schema.$ref === undefined ? schema : root.$defs[schema.$ref.replace("#/$defs/", "")];
  if (Array.isArray(config)) return config.map((one) => withDefaults(described.items ?? {}, one, root));
  if (!isOf("object", config)) return config;
  const whole = { ...config };
  for (const [name, one] of Object.entries(described.properties ?? {})) {
    if (Object.hasOwn(whole, name)) whole[name] = withDefaults(one, whole[name], root);
    else if (one.default !== undefined) whole[name] = one.default;
  }
  return whole;
}

function check(schema, value, place) {
  if (schema === true) return;
  if (schema === false) return place.report("may not be here");
  const before = place.problems.length;
  for (const keyword of ["type", ...Object.keys(KEYWORDS)]) {
    if (!Object.hasOwn(schema, keyword)) continue;
    if (APPLIES[keyword] !== undefined && !isOf(APPLIES[keyword], value)) continue;
    if (keyword === "type" && place.problems.length > before) continue;
    KEYWORDS[keyword](schema[keyword], value, place, schema);
    if (keyword === "type" && place.problems.length > before) return;
  }
}

function isFine(schema, value, place) {
  const trial = new Place(place.root, place.pointer, []);
  check(schema, value, trial);
  return trial.problems.length === 0;
}

function isOf(type, value) {
  switch (type) {
    case "null": return value === null;
    case "array": return Array.isArray(value);
    case "object": return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer": return Number.isSafeInteger(value);
    default: return typeof value === type;
  }
}

function same(one, other) {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((each, at) => same(each, other[at]));
  }
  if (!isOf("object", one) || !isOf("object", other)) return false;
  const names = Object.keys(one);
  return names.length === Object.keys(other).length
    && names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]));
}

/** A value as the messages show it. */
const show = (value) => (typeof value === "number" ? format(value) : typeof value === "string" ? `\`${value}\`` : JSON.stringify(value));

const unknown = (names) =>
  names.length === 0 ? "is not known; nothing may be here" : `is not known; there may be ${names.map(show).join(", ")}`;

function depth(value) {
  let [level, most] = [[value], 0];
  for (; level.length > 0 && most <= DEPTH_MAX + 1; most += 1) {
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
  return most - 1;
}
