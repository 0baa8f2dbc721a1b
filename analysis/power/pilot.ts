import { sum } from '../../base/sum.ts';
import { medianF } from '../statistics/f-median.ts';
import type { PairNoise } from '../statistics/pair-noise.ts';
import type { CompletedRow } from '../summary/rows.ts';
import type { Noise } from '../verdicts/noise.ts';

/** The noise of a difference of two methods in a recording, as variances with one seed. */
export interface Pilot {
  /** Test rows of the pilot. */
  readonly rows: number;
  /** Variance of training alone: it falls with seeds. */
  readonly ofTraining: number;
  /** Variance of test rows, of each seed alone: it falls with seeds and with rows. */
  readonly ofSeedRows: number;
  /** Variance of test rows, of all seeds together: it falls with rows alone. */
  readonly ofRows: number;
  /** True if nothing was kept of test rows: the two shares of rows are assumed. */
  readonly assumed: boolean;
}

/** The Criteo sample, five methods at 64x with all scores: the pilot where there is none. */
export const criteoSample: Pilot = {
  rows: 10_888,
  ofTraining: 0.00137 ** 2,
  ofSeedRows: 0.00126 ** 2,
  ofRows: 0.00103 ** 2,
  assumed: false,
};

/** `budgets`: the rows of each, whose pairs count. Undefined if there are no two methods with two seeds, or the rows are not known. */
export function pilotOf(
  budgets: readonly (readonly CompletedRow[])[],
  noise: Noise,
  rows: number,
): Pilot | undefined {
  if (noise.seeds === undefined) return undefined;
  const { testRows, assumed } = noise.rows;
  const ofSeeds = varianceBehind(noise.seeds);
  const known = budgets.flatMap((members) =>
    members.flatMap((a, i) =>
      members.slice(i + 1).flatMap((b) => testRows?.difference(a.runs, b.runs) ?? []),
    ),
  );
  const means =
    known.length > 0
      ? {
          ofRows: sum(known.map(({ shared }) => shared)) / known.length,
          ofSeedRows: sum(known.map(({ apart }) => apart)) / known.length,
        }
      : assumedShares(assumed, ofSeeds);
  if (means === undefined) return undefined;
  const ofSeedRows = Math.min(means.ofSeedRows, ofSeeds);
  return {
    rows,
    ofTraining: ofSeeds - ofSeedRows,
    ofSeedRows,
    ofRows: means.ofRows,
    assumed: known.length === 0,
  };
}

/** Practically infinite: all pairs have the same variance. */
const manyDegrees = 1e5;

/**
 * The variance of which the pairs show the median. Sample variances of few seeds are skewed: with three, half of them are below
 * 0.69 of the true one, and a plan made of that would find in three of five cases what it says of four.
 */
function varianceBehind({ typical, seeds }: PairNoise): number {
  return typical / medianF(seeds - 1, manyDegrees);
}

/** Nearly half of the noise over seeds is assumed to be test rows, as on the Criteo sample, and to fall with more of them. */
function assumedShares(
  ofRows: number | undefined,
  ofSeeds: number,
): Pick<Pilot, 'ofRows' | 'ofSeedRows'> | undefined {
  const { ofTraining, ofSeedRows } = criteoSample;
  return ofRows === undefined
    ? undefined
    : { ofRows, ofSeedRows: (ofSeeds * ofSeedRows) / (ofTraining + ofSeedRows) };
}
