import { commonNoise } from '../statistics/common-noise.ts';
import {
  type Contrast,
  type Estimate,
  holdsZero,
  intervalOf,
  pairedDifference,
} from '../statistics/estimates.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { maxNamed } from '../summary/highlighted.ts';
import { type CompletedRow, aucBySeed } from '../summary/rows.ts';

/**
 * AUC of one row minus another's, with the interval that verdicts about these rows use. Undefined if the two have no
 * seed in common.
 */
export type Gap = (a: CompletedRow, b: CompletedRow) => Estimate | undefined;

/** Few rows of a budget share the 5 % by number (Bonferroni); of many rows the noise is known together. */
export function gapAmong(rows: readonly CompletedRow[], testRows?: TestRows): Gap {
  const rivals = rows.length - 1;
  if (hasCommonNoise(rivals)) return commonGap(rows, testRows);
  return (a, b) => {
    const gap = contrast(a, b, testRows);
    return gap && intervalOf(gap, 1 - 0.05 / rivals);
  };
}

/** True for so many rivals of the best of a budget, or so many differences, that their noise is estimated together. */
export function hasCommonNoise(rivals: number): boolean {
  return rivals >= maxNamed;
}

/** AUC of `a` minus that of `b`, over test rows too where scores were kept; without a level of confidence. */
export function contrast(
  a: CompletedRow,
  b: CompletedRow,
  testRows: TestRows | undefined,
): Contrast | undefined {
  return (
    testRows?.difference(a.runs, b.runs)?.overBoth ?? pairedDifference(aucBySeed(a.runs), aucBySeed(b.runs))
  );
}

/**
 * Gaps of so many rows that their noise is known together. Each pair by itself, with two degrees of freedom, would have
 * intervals so wide and so random that far worse methods are tied where better ones are not.
 */
export function commonGap(rows: readonly CompletedRow[], testRows: TestRows | undefined): Gap {
  const bySeed = new Map(rows.map((row) => [row, aucBySeed(row.runs)]));
  const gap = commonNoise([...bySeed.values()]);
  return (a, b) => gap(bySeed.get(a)!, bySeed.get(b)!, testRows?.difference(a.runs, b.runs)?.shared);
}

/** True if the interval holds zero, or if both are exactly equal: one seed alone cannot show any other tie. */
export function isTie(gap: Estimate | undefined): boolean {
  return gap !== undefined && (gap.value === 0 || holdsZero(gap));
}
