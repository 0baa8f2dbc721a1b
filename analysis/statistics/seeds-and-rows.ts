import { sum } from '../../base/sum.ts';
import { type Placements, type RowVariance, rowVariance } from './delong.ts';
import { type Contrast, mean } from './estimates.ts';

/** The difference of two models' AUCs over the seeds and the test rows that both have. */
export interface Difference {
  readonly rows: number;
  /** Variance over rows that all seeds share: an average over more seeds keeps it. With one seed, all of the variance. */
  readonly shared: number;
  /** Variance over rows that one seed has besides: it falls with more seeds. */
  readonly apart: number;
  /** The difference of these very models on other rows. */
  readonly overRows: Contrast;
  /** The difference with other seeds and other rows; with one seed, on other rows alone. */
  readonly overBoth: Contrast;
}

/** Practically infinite: the quantiles are the normal ones to five digits. */
const manyDegrees = 1e5;

/**
 * Seeds are random and rows are random, crossed: every model is tested on the same rows. The variance of the mean of S
 * differences is
 *
 *   s² / S + c        s²: of the differences over seeds, on these rows
 *                     c: mean covariance over rows of the differences of two different seeds, at least 0
 *
 * with (S - 1) (1 + c S / s²)² degrees of freedom. This is how studies of several readers of the same cases are judged
 * (Obuchowski and Rockette 1995, degrees of freedom by Hillis 2007), seeds being the readers. What rows do to one seed
 * alone is in s², once. `a[i]` and `b[i]` are of one seed.
 */
export function difference(a: readonly Placements[], b: readonly Placements[]): Difference {
  const rows = a[0].ofClicks.length + a[0].ofNonClicks.length;
  return differenceOf(
    a.map(({ auc }, seed) => auc - b[seed].auc),
    rowVariance(a, b),
    rows,
  );
}

/** The same from the differences by seed and their variances over so many rows. */
export function differenceOf(
  differences: readonly number[],
  { ofMean, ofOne }: RowVariance,
  rows: number,
): Difference {
  const seeds = differences.length;
  const value = mean(differences);
  const overRows = { value, standardError: Math.sqrt(ofMean), degrees: manyDegrees, count: seeds };
  if (seeds === 1) return { rows, shared: ofMean, apart: 0, overRows, overBoth: overRows };
  const shared = Math.max(0, (seeds * ofMean - ofOne) / (seeds - 1));
  const ofSeeds = sum(differences.map((x) => (x - value) ** 2)) / (seeds - 1) / seeds;
  const overBoth = {
    ...overRows,
    standardError: Math.sqrt(ofSeeds + shared),
    degrees: withKnown(seeds - 1, ofSeeds, shared),
  };
  return { rows, shared, apart: Math.max(0, ofOne - shared), overRows, overBoth };
}

/** Degrees of freedom of the sum of an estimated variance and one that is practically known. */
export function withKnown(degrees: number, variance: number, known: number): number {
  if (known === 0) return degrees;
  if (variance === 0) return manyDegrees;
  return Math.min(manyDegrees, degrees * (1 + known / variance) ** 2);
}
