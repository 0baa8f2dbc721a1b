import type { PairDifference } from './pair-noise.ts';
import { studentTail, studentUpper } from './student-t.ts';

type Noise = Pick<PairDifference, 'ofSeeds' | 'ofRows' | 'degrees'>;

/** Practically infinite: the quantiles are the normal ones to five digits. */
const manyDegrees = 1e5;

/**
 * The probability to see a difference of `x` or more where there is none. Seeds and test rows are crossed random effects with
 * the degrees of freedom of Hillis (2007). At small levels those alone would make an interval narrower where row noise is
 * added: the result is never surer with row noise than without it.
 */
export function differenceTail(x: number, noise: Noise): number {
  const { ofSeeds, ofRows, degrees } = noise;
  const p = tailOf(x, ofSeeds, degrees);
  if (ofRows <= 0) return p;
  const q = tailOf(x, ofSeeds + ofRows, bothDegrees(noise));
  return x > 0 ? Math.max(p, q) : Math.min(p, q);
}

/** The half-width that belongs to the tail: a difference is beyond it with probability `level` on its side. */
export function halfWidth(level: number, noise: Noise): number {
  const { ofSeeds, ofRows, degrees } = noise;
  const alone = ofSeeds === 0 ? 0 : ofSeedsAlone(level, degrees) * Math.sqrt(ofSeeds);
  if (ofRows <= 0) return alone;
  return Math.max(alone, studentUpper(level, bothDegrees(noise)) * Math.sqrt(ofSeeds + ofRows));
}

/** All pairs of a budget ask for the same quantile: the last one is kept. */
let last = { level: 0, degrees: 0, quantile: 0 };

function ofSeedsAlone(level: number, degrees: number): number {
  if (last.level !== level || last.degrees !== degrees)
    last = { level, degrees, quantile: studentUpper(level, degrees) };
  return last.quantile;
}

/** Degrees of freedom of an estimated variance over seeds and a practically known one over rows. */
export function bothDegrees({ ofSeeds, ofRows, degrees }: Noise): number {
  if (ofRows <= 0) return degrees;
  if (ofSeeds === 0) return manyDegrees;
  return Math.min(manyDegrees, degrees * (1 + ofRows / ofSeeds) ** 2);
}

function tailOf(x: number, variance: number, degrees: number): number {
  if (variance > 0) return studentTail(x / Math.sqrt(variance), degrees);
  return x === 0 ? 0.5 : x > 0 ? 0 : 1;
}
