import { type PairDifference, type PairNoise, pairDifference, pairNoise } from '../statistics/pair-noise.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { type CompletedRow, aucBySeed } from '../summary/rows.ts';

/** Fewer common seeds give numbers, and no verdict. */
export const minSeeds = 3;

/** The least difference of AUC that matters, unless the user says otherwise. */
export const defaultMargin = 0.001;

/** How the noise of test rows is known: of all runs of a comparison, or of pairs where a run lacks it, or not at all. */
export type RowNoiseSource = 'scores' | 'covariances' | 'assumed' | 'unknown';

/** The knowledge of test rows: what was kept of them, and the variance to assume where nothing was. */
export interface RowNoise {
  readonly testRows?: TestRows | undefined;
  /** Variance over test rows of a difference of two methods; undefined if it is not known how many rows there were. */
  readonly assumed?: number | undefined;
}

/** The noise of differences between the rows of a comparison, estimated once for all its budgets. */
export interface Noise {
  /** Undefined without two methods at any budget. */
  readonly seeds: PairNoise | undefined;
  readonly rows: RowNoise;
  readonly source: RowNoiseSource;
  /** AUC of `a` minus that of `b`. Undefined with fewer than three common seeds. */
  between(a: CompletedRow, b: CompletedRow): PairDifference | undefined;
}

/** A pair that no other is known of is judged by its own t test. */
const alone: PairNoise = { variance: 0, priorDegrees: 0, degrees: Infinity, seeds: 0, typical: 0 };

/**
 * Pools the rows of every budget, or of every other set whose members compete. `least`: common seeds for a verdict. `scoresOf`: what is
 * compared, by seed, larger being better.
 */
export function noiseOf(
  budgets: readonly (readonly CompletedRow[])[],
  rows: RowNoise = {},
  least = minSeeds,
  scoresOf: (row: CompletedRow) => ReadonlyMap<number, number> = (row) => aucBySeed(row.runs),
): Noise {
  const bySeed = new Map(budgets.flat().map((row) => [row, scoresOf(row)]));
  const seedsOf = (row: CompletedRow) => bySeed.get(row) ?? scoresOf(row);
  const seeds = pairNoise(budgets.map((members) => members.map(seedsOf)));
  const known = new Map<CompletedRow, Map<CompletedRow, PairDifference | undefined>>();
  const compute = (a: CompletedRow, b: CompletedRow) => {
    const found = pairDifference(seedsOf(a), seedsOf(b), seeds ?? alone);
    if (found === undefined || found.count < least) return undefined;
    const ofRows = rows.testRows?.difference(a.runs, b.runs)?.shared ?? rows.assumed ?? 0;
    return { ...found, ofRows };
  };
  return {
    seeds,
    rows,
    source: rows.testRows?.source ?? (rows.assumed === undefined ? 'unknown' : 'assumed'),
    between(a, b) {
      const ofA = known.get(a) ?? new Map<CompletedRow, PairDifference | undefined>();
      known.set(a, ofA);
      if (ofA.has(b)) return ofA.get(b);
      const reversed = known.get(b)?.get(a);
      const found = reversed === undefined ? compute(a, b) : { ...reversed, value: -reversed.value };
      ofA.set(b, found);
      return found;
    },
  };
}
