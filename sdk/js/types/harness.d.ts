/** The types of `leadsman-sdk/harness`, which calls plugins in tests. */
import type {
  Acquaintance, Axis, Conversion, LifeStage, NextSteps, Plugin, Proposal, Standing, Timestamp, Touch, Value, Verdict,
} from "./index.js";

export interface Sample {
  with(name: string, value: Value): this;
  id(id: string): this;
  received(moment: Timestamp): this;
  did(kind: string, at: Timestamp, quantity?: number): this;
}

export interface Score {
  readonly contributions: readonly { name: string; axis: Axis; message: string; points: number; detail: string | null }[];
  readonly total: number;
}

export interface Rep {
  rep: string;
  teams?: string[];
  weight?: number;
  load?: number;
  cap?: number;
  attributes?: Record<string, Value>;
}

export interface Ask {
  pool?: string;
  pools?: string[];
  candidates?: Rep[];
  acquaintances?: (Omit<Acquaintance, "since"> & { since?: Timestamp })[];
  counters?: Record<string, number>;
  standing?: Partial<Standing>;
}

export interface Situation {
  stage?: LifeStage;
  stageSince?: Timestamp;
  pool?: string;
  owner?: string;
  nurtured?: boolean;
  since?: Timestamp;
  done?: string[];
  standing?: Partial<Standing>;
}

export interface Harness {
  readonly needs: object;
  lists(lists: Record<string, string[]>): this;
  at(now: Timestamp): this;
  screen(lead: Sample): Verdict;
  score(lead: Sample): Score;
  route(lead: Sample, ask?: Ask): Proposal;
  review(lead: Sample, situation?: Situation): NextSteps;
  credit(conversion: Partial<Conversion>, touches: (Omit<Touch, "campaign"> & { campaign?: string })[]): number[];
}

export function sample(): Sample;
export function harness(plugin: new () => Plugin<never> | Plugin, config?: unknown): Harness;
