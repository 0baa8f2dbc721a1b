import type { BySeed } from '../statistics/pair-noise.ts';
import type { Estimate } from '../statistics/estimates.ts';
import type { Difference } from '../statistics/seeds-and-rows.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { type SummaryRow, aucBySeed, isCompleted } from '../summary/rows.ts';

/** Two rows that may be compared at a budget; B is measured against A. */
export interface Pair {
  readonly label: string;
  readonly requested: number;
  /** Undefined if the recording holds no such runs. */
  readonly a: SummaryRow | undefined;
  readonly b: SummaryRow | undefined;
  /** True if the side without a row has the method at this budget, but with other options. */
  readonly otherOptions: boolean;
}

/** Test AUC of a pair at the seeds that both have. */
export interface CommonSeeds {
  readonly pair: Pair;
  readonly ofA: BySeed;
  readonly ofB: BySeed;
  /** B minus A. */
  readonly differences: BySeed;
}

/** B minus A with the interval that it is judged by. */
export interface Judgement {
  readonly difference: Estimate;
  /** The same with the interval of the seeds alone, where test rows are in that of `difference`. */
  readonly bySeeds?: Estimate;
}

/** Gives the interval of each of the pairs that are judged together, all of which have three common seeds or more. */
export type Judge = (judged: readonly CommonSeeds[]) => (one: CommonSeeds) => Judgement;

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly judge: Judge;
}

export function commonSeeds(pair: Pair): CommonSeeds {
  const [allOfA, allOfB] = [pair.a, pair.b].map(seedsOf);
  const shared = (own: BySeed, other: BySeed) => new Map([...own].filter(([seed]) => other.has(seed)));
  const [ofA, ofB] = [shared(allOfA, allOfB), shared(allOfB, allOfA)];
  return {
    pair,
    ofA,
    ofB,
    differences: new Map([...ofB].map(([seed, auc]) => [seed, auc - ofA.get(seed)!])),
  };
}

/** B minus A over the test rows of both; undefined if scores of one were not kept. */
export function onTestRows(
  { pair: { a, b } }: CommonSeeds,
  testRows: TestRows | undefined,
): Difference | undefined {
  if (a === undefined || b === undefined || !isCompleted(a) || !isCompleted(b)) return undefined;
  return testRows?.difference(b.runs, a.runs);
}

/** Test AUC of every seed that gave one. */
export function seedsOf(row: SummaryRow | undefined): BySeed {
  return row !== undefined && isCompleted(row) ? aucBySeed(row.runs) : new Map();
}
