/** Calls plugins in tests, without a sandbox: leads by names, lists and calendars, a moment. */
import { install } from "./host.js";
import { Ready } from "./ready.js";
import { Timestamp } from "./timestamp.js";

/** A lead of which nothing is known yet. */
export const sample = () => new Sample();

/** A configured plugin. The moment is the start of 2024 until `at` says another. */
export const harness = (plugin, config = {}) => new Harness(plugin, config);

/** A lead by names, to be reduced to what a plugin needs. */
class Sample {
  #id = "lead";
  #received;
  #attributes = new Map();
  #activities = [];

  /** Gives the lead an attribute: a text, number, flag, `Timestamp` or list of texts. */
  with(name, value) {
    this.#attributes.set(name, value);
    return this;
  }

  /** Gives the lead an id. */
  id(id) {
    this.#id = id;
    return this;
  }

  /** Says when the lead was received; it is the moment of the call otherwise. */
  received(moment) {
    this.#received = moment;
    return this;
  }

  /** Adds an activity. */
  did(kind, at, quantity = 1) {
    this.#activities.push({ kind, at, quantity });
    return this;
  }

  /** The lead as the host would send it. */
  lead(needs, now) {
    const texts = [...this.#attributes].filter(([, value]) => typeof value === "string");
    return {
      id: this.#id,
      receivedMs: (this.#received ?? now).millis,
      values: needs.attributes.map((name) => lowered(this.#attributes.get(name))),
      texts: needs.allTexts ? texts.sort().map(([name, text]) => ({ name, text })) : [],
    };
  }

  /** The activities of the kinds in the needs, oldest first. */
  activities(needs) {
    const named = this.#activities.map(({ kind, at, quantity }) => {
      return { kind: placeOf(needs.activities, kind), atMs: at.millis, quantity };
    });
    return named.filter(({ kind }) => kind >= 0).sort((one, other) => one.atMs - other.atMs);
  }
}

class Harness {
  #ready;
  #needs;
  #now = new Timestamp(1_704_067_200_000);
  #lists = {};

  constructor(plugin, config) {
    this.#ready = new Ready(plugin);
    this.#needs = this.#ready.configure(JSON.stringify(config));
  }

  /** What the plugin, so configured, will read. */
  get needs() {
    return this.#needs;
  }

  /** Gives the plugin lists by name. */
  lists(lists) {
    this.#lists = lists;
    return this;
  }

  /** Sets the moment of the following calls. */
  at(now) {
    this.#now = now;
    return this;
  }

  /** Screens a lead. */
  screen(lead) {
    return this.#call((needs, now) => this.#ready.screen(lead.lead(needs, now)));
  }

  /** Scores a lead, and spells the rules out as the host does. */
  score(lead) {
    const answer = this.#call((needs, now) => {
      const input = { lead: lead.lead(needs, now), activities: lead.activities(needs), nowMs: now.millis };
      return this.#ready.score(input);
    });
    const spelled = ({ tag, val }) => (tag === "declared" ? this.#needs.rules[val] : val);
    const contributions = answer.contributions.map(({ rule, points, detail }) => ({ ...spelled(rule), points, detail }));
    return { contributions, total: contributions.reduce((sum, { points }) => sum + points, 0) };
  }

  /** Asks which of the candidates shall own a lead, or, with `pools` and without `pool`, where it shall go. */
  route(lead, { pool, pools = [], candidates = [], acquaintances = [], counters = {}, standing = {} } = {}) {
    const candidate = ({ rep, teams = [], weight = 1, load = 0, cap = null, attributes = {} }) => {
      const values = this.#needs.repAttributes.map((name) => lowered(attributes[name]));
      return { rep, teams, weight, load, cap, values };
    };
    return this.#call((needs, now) => this.#ready.route({
      question: pool === undefined ? "dispatch" : "allocation",
      lead: lead.lead(needs, now),
      standing: { ...UNSCORED, ...standing },
      pool: pool ?? null,
      pools: pools.map((id) => ({ id, waiting: 0 })),
      candidates: candidates.map(candidate),
      acquaintances: acquaintances.map(({ rep, relation, since = now }) => ({ rep, relation, sinceMs: since.millis })),
      counters: Object.entries(counters).map(([key, value]) => ({ key, value })),
      nowMs: now.millis,
    }));
  }

  /** Reviews a lead. */
  review(lead, { stage = "uql", stageSince, pool, owner, nurtured = false, since, done = [], standing = {} } = {}) {
    return this.#call((needs, now) => {
      const matter = {
        lead: lead.lead(needs, now),
        activities: lead.activities(needs),
        standing: { ...UNSCORED, ...standing },
        stage,
        stageSinceMs: (stageSince ?? since ?? now).millis,
        pool: pool ?? null,
        owner: owner ?? null,
        nurtured,
        sinceMs: (since ?? now).millis,
        done,
      };
      return this.#ready.review(matter, now.millis);
    });
  }

  /** Weighs the touches of a conversion. */
  credit({ id = "conversion", scenario = "default", at, leadCreated, dealCreated } = {}, touches) {
    const conversion = {
      id, scenario, atMs: (at ?? this.#now).millis, leadCreatedMs: leadCreated?.millis, dealCreatedMs: dealCreated?.millis,
    };
    const lower = ({ at, channel, campaign }) => ({ atMs: at.millis, channel, campaign: campaign ?? null });
    return this.#call(() => this.#ready.credit(conversion, touches.map(lower)));
  }

  #call(question) {
    install({ lists: listsOf(this.#lists), calendar: ALWAYS_OPEN });
    return question(this.#needs, this.#now);
  }
}

const UNSCORED = { score: 0, fit: 0, engagement: 0, grade: "", mature: false };

const ALWAYS_OPEN = {
  addWorkingMs: (_calendar, since, workingMs) => since + workingMs,
  workingMsBetween: (_calendar, since, until) => Math.max(0, until - since),
  nextOpening: (_calendar, at) => at,
};

/** A value as the contract has it. */
function lowered(value) {
  if (value === undefined || value === null) return null;
  if (value instanceof Timestamp) return { tag: "time", val: value.millis };
  if (Array.isArray(value)) return { tag: "texts", val: value };
  return { tag: { string: "text", number: "number", boolean: "flag" }[typeof value], val: value };
}

/** The position of a kind: its own name if that is there, else the longest beginning with `.*`. */
function placeOf(kinds, kind) {
  if (kinds.includes(kind)) return kinds.indexOf(kind);
  const beginnings = kinds.filter((one) => one.endsWith(".*") && kind.startsWith(one.slice(0, -1)));
  return kinds.indexOf(beginnings.sort((one, other) => other.length - one.length)[0]);
}

/** Lists as the host would search them, near enough for tests. */
function listsOf(lists) {
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");
  return {
    contains: (list, entry) => (lists[list] ?? []).some((one) => fold(one) === fold(entry)),
    find(list, text) {
      const hits = (lists[list] ?? []).flatMap((entry) => occurrences(text, entry));
      return hits.sort((one, other) => one.start - other.start).slice(0, 32);
    },
  };
}

/** Where an entry occurs in a text, in bytes of UTF-8 as the host counts: whole words of alphabetic scripts. */
function occurrences(text, entry) {
  const word = (character) => character !== undefined && /[\p{L}\p{N}]/u.test(character) && character < "\u2e80";
  const bytes = (part) => new TextEncoder().encode(part).length;
  const found = [...text.toLowerCase().matchAll(new RegExp(entry.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "\\$&"), "g"))];
  const whole = found.filter(({ 0: match, index }) => {
    const inside = (edge, neighbour) => word(edge) && word(neighbour);
    return !inside(match[0], text[index - 1]) && !inside(match.at(-1), text[index + match.length]);
  });
  return whole.map(({ 0: match, index }) => {
    const start = bytes(text.slice(0, index));
    return { entry, start, end: start + bytes(match) };
  });
}
