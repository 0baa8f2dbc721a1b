import type { BySeed } from '../common-noise.ts';
import type { Difference } from '../seeds-and-rows.ts';
import type { Estimate } from '../statistics.ts';
import { type SummaryRow, aucBySeed, isCompleted } from '../summary.ts';
import type { TestRows } from '../test-rows.ts';

/** Two rows that may be compared at a budget: A was before, or is what B is measured against. */
export interface Pair {
  readonly label: string;
  readonly requested: number;
  /** Undefined where the recording holds no such runs. */
  readonly a: SummaryRow | undefined;
  readonly b: SummaryRow | undefined;
  /** Whether the side that has none has the method at this budget, but with other options. */
  readonly otherOptions: boolean;
}

/** Test AUC of a pair at the seeds that both have. */
export interface Common {
  readonly pair: Pair;
  readonly ofA: BySeed;
  readonly ofB: BySeed;
  /** B minus A. */
  readonly differences: BySeed;
}

/** B minus A with the interval that it is judged by. */
export interface Judged {
  readonly difference: Estimate;
  /** Where test rows are in that interval too: with that of the seeds alone. */
  readonly bySeeds?: Estimate;
}

/** Gives the interval of each of the pairs that are judged together, all of which have two common seeds or more. */
export type Judge = (judged: readonly Common[]) => (one: Common) => Judged;

export interface Pairing {
  readonly pairs: readonly Pair[];
  readonly judge: Judge;
}

export function commonOf(pair: Pair): Common {
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

/** B minus A by the test rows of both; undefined where scores of one were not kept. */
export function onTestRows(
  { pair: { a, b } }: Common,
  testRows: TestRows | undefined,
): Difference | undefined {
  if (a === undefined || b === undefined || !isCompleted(a) || !isCompleted(b)) return undefined;
  return testRows?.difference(b.runs, a.runs);
}

/** Test AUC of every seed that gave one. */
export function seedsOf(row: SummaryRow | undefined): BySeed {
  return row !== undefined && isCompleted(row) ? aucBySeed(row.runs) : new Map();
}
