/** The types of what authors import from `leadsman-sdk`. */

export class Timestamp {
  constructor(millis: number);
  readonly millis: number;
  valueOf(): number;
  millisSince(earlier: Timestamp): number;
  daysSince(earlier: Timestamp): number;
  plusMillis(millis: number): Timestamp;
  plusDays(days: number): Timestamp;
}

export interface Attribute<T> {
  readonly name: string;
  optional(): Attribute<T | undefined>;
}

export type Value = string | number | boolean | Timestamp | string[];

export namespace attribute {
  function text(name: string): Attribute<string>;
  function number(name: string): Attribute<number>;
  function flag(name: string): Attribute<boolean>;
  function time(name: string): Attribute<Timestamp>;
  function texts(name: string): Attribute<string[]>;
  function value(name: string): Attribute<Value>;
}

/** Attributes by the names that the plugin gives them. */
export type Attributes = Record<string, Attribute<unknown>>;
/** What is read of them. */
export type Facts<A extends Attributes> = { readonly [K in keyof A]: A[K] extends Attribute<infer T> ? T : never };

export interface Lead<A extends Attributes = Attributes> {
  readonly id: string;
  readonly received: Timestamp;
  readonly facts: Facts<A>;
  readonly texts: readonly { readonly name: string; readonly text: string }[];
}

export interface Activity {
  readonly kind: string;
  readonly at: Timestamp;
  readonly quantity: number;
}

export interface Standing {
  readonly score: number;
  readonly fit: number;
  readonly engagement: number;
  readonly grade: string;
  readonly mature: boolean;
}

export interface ScoringInput<A extends Attributes = Attributes> {
  readonly lead: Lead<A>;
  readonly activities: readonly Activity[];
  readonly now: Timestamp;
}

export interface Candidate<R extends Attributes = Attributes> {
  readonly rep: string;
  readonly teams: readonly string[];
  readonly weight: number;
  readonly load: number;
  readonly cap: number | undefined;
  readonly facts: Facts<R>;
}

export interface Acquaintance {
  readonly rep: string;
  readonly relation: "owner" | "account-owner" | "last-worker";
  readonly since: Timestamp;
}

export interface Request<A extends Attributes = Attributes, R extends Attributes = Attributes> {
  readonly question: "dispatch" | "allocation";
  readonly lead: Lead<A>;
  readonly standing: Standing;
  readonly pool: string | undefined;
  readonly pools: readonly { readonly id: string; readonly waiting: number }[];
  readonly candidates: readonly Candidate<R>[];
  readonly acquaintances: readonly Acquaintance[];
  readonly counters: readonly { readonly key: string; readonly value: number }[];
  readonly now: Timestamp;
  candidate(rep: string): Candidate<R> | undefined;
  counter(key: string): number;
}

export type LifeStage = "uql" | "mql" | "sql" | "deal";

export interface Matter<A extends Attributes = Attributes> {
  readonly lead: Lead<A>;
  readonly activities: readonly Activity[];
  readonly standing: Standing;
  readonly stage: LifeStage;
  readonly stageSince: Timestamp;
  readonly pool: string | undefined;
  readonly owner: string | undefined;
  readonly nurtured: boolean;
  readonly since: Timestamp;
  readonly done: readonly string[];
  readonly now: Timestamp;
  isDone(key: string): boolean;
}

export interface Conversion {
  readonly id: string;
  readonly scenario: string;
  readonly at: Timestamp;
  readonly leadCreated: Timestamp | undefined;
  readonly dealCreated: Timestamp | undefined;
}

export interface Touch {
  readonly at: Timestamp;
  readonly channel: string;
  readonly campaign: string | undefined;
}

export interface Needs {
  activities?: Iterable<string>;
  lists?: Iterable<string>;
  allTexts?: boolean;
  rules?: Rule[];
}

export abstract class Plugin<Config = unknown> {
  static schema: object;
  static facts: Attributes;
  static repFacts: Attributes;
  config: Config;
  configure(): void;
  needs(): Needs;
}

export class Reason {
  constructor(code: string, message: string, attribute?: string);
  readonly code: string;
  readonly message: string;
  readonly attribute: string | undefined;
  about(attribute: string): Reason;
}

export class Failure extends Error {
  static badInput(message: string): Failure;
  static internal(message: string): Failure;
}

export class Problem {
  constructor(pointer: string, message: string);
  readonly pointer: string;
  readonly message: string;
}

export class Problems extends Error {
  constructor(problems: Problem[]);
  readonly problems: Problem[];
}

export interface Where {
  attribute?: string;
  evidence?: string;
}

export class Finding {
  constructor(code: string, message: string, where?: Where);
}

export class Verdict {
  static accept(): Verdict;
  readonly disposition: "accept" | "flag" | "reject";
  readonly findings: readonly Finding[];
  flag(code: string, message: string, where?: Where): this;
  reject(code: string, message: string, where?: Where): this;
  with(disposition: "flag" | "reject", finding: Finding): this;
}

export type Axis = "fit" | "engagement";

export class Rule {
  constructor(name: string, axis: Axis, message: string);
  readonly name: string;
  readonly axis: Axis;
  readonly message: string;
}

export class Assessment {
  fit(rule: string, points: number, message: string, detail?: string): this;
  engagement(rule: string, points: number, message: string, detail?: string): this;
  with(rule: Rule, points: number, detail?: string): this;
  declared(name: string, points: number, detail?: string): this;
}

export class Proposal {
  static pass(): Proposal;
  static pool(pool: string): Proposal;
  static rep(rep: string): Proposal;
  static narrow(reps: string[]): Proposal;
  static holdUntil(moment: Timestamp): Proposal;
  static nurture(): Proposal;
  because(code: string, message: string, attribute?: string): this;
  ranked(rep: string, message: string): this;
  passedOver(rep: string, code: string, message: string): this;
  counter(key: string, value: number): this;
  readonly choice: Choice;
  readonly ranking: readonly { readonly rep: string; readonly message: string }[];
  readonly counters: readonly { readonly key: string; readonly value: number }[];
  readonly reasons: readonly Reason[];
}

/** What is proposed, as the contract has it. */
export interface Choice {
  readonly tag: "pass" | "pool" | "rep" | "narrow" | "hold-until" | "nurture";
  readonly val?: string | string[] | number;
}

export interface Deed {
  readonly tag: string;
}

export namespace Deed {
  function remind(message: string): Deed;
  function escalate(message: string): Deed;
  function recycle(pool?: string): Deed;
  function advance(stage: LifeStage): Deed;
  function route(): Deed;
  function send(template: string): Deed;
  function spawn(line: string, pool: string): Deed;
  function isMoot(deed: Deed, matter: Matter): boolean;
}

export class NextSteps {
  static nothing(): NextSteps;
  act(key: string, deed: Deed, reason: Reason): this;
  lookAgain(moment: Timestamp): this;
  deadline(rule: string, at: Timestamp, consequence: string): this;
  readonly actions: readonly { readonly key: string; readonly deed: Deed; readonly reason: Reason }[];
  readonly next: Timestamp | undefined;
}

export namespace lists {
  interface Hit {
    readonly entry: string;
    readonly start: number;
    readonly end: number;
  }
  function contains(list: string, entry: string): boolean;
  function find(list: string, text: string): Hit[];
}

export namespace calendar {
  function addWorkingMs(calendar: string, since: Timestamp, workingMs: number): Timestamp;
  function workingMsBetween(calendar: string, since: Timestamp, until: Timestamp): number;
  function nextOpening(calendar: string, at: Timestamp): Timestamp;
}

export namespace duration {
  const MINUTE_MS: number;
  const HOUR_MS: number;
  const DAY_MS: number;
  const SCHEMA: object;
  function millis(text: string): number;
}

export namespace kinds {
  function check(text: string): string | undefined;
  function covers(pattern: string, kind: string): boolean;
}

export namespace numbers {
  function round(number: number): number;
  function format(number: number): string;
}

export namespace text {
  function trim(text: string): string;
  function fold(text: string): string;
  function equals(text: string, folded: string): boolean;
  function startsWith(text: string, folded: string): boolean;
  function endsWith(text: string, folded: string): boolean;
  function contains(text: string, folded: string): boolean;
  function length(text: string): number;
  function compare(one: string, other: string): number;
}
