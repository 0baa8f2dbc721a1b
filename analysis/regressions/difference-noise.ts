import { type BySeed, moderated, pooled } from '../statistics/pair-noise.ts';
import { halfWidth } from '../statistics/difference-tail.ts';
import { type Estimate, mean, meanInterval } from '../statistics/estimates.ts';
import { sampleVariance } from '../statistics/sample-variance.ts';
import type { Difference } from '../statistics/seeds-and-rows.ts';
import { alpha } from '../verdicts/judge.ts';

/** The mean difference over the seeds of one method at one budget; with the noise of test rows where that is known. */
export type Interval = (differences: BySeed, onRows?: Difference) => Estimate;

/** The number of differences from which on their noise is estimated together. */
const many = 12;

/**
 * Means of differences by seed, with intervals that hold for all of them at once in 95 % of cases. Few of
 * them share the 5 % by number (Bonferroni); the noise of a dozen or more is estimated together.
 * `all` holds those that are judged, each with three seeds or more.
 */
export function differenceNoise(all: readonly BySeed[]): Interval {
  if (all.length >= many) return pooledNoise(all);
  return (own, onRows) => {
    const [count, ofSeeds] = [own.size, sampleVariance([...own.values()]) / own.size];
    const noise = { ofSeeds, degrees: count - 1, ofRows: onRows?.shared ?? 0 };
    return { value: mean([...own.values()]), error: halfWidth(alpha / 2 / all.length, noise), count };
  };
}

/**
 * A seed's common effect on all differences (other starting weights in one of the recordings) cancels between two methods
 * of one recording, not between two recordings: with three seeds it has two degrees of freedom, however many methods
 * show it. One half of the 5 % covers this common effect, the mean over methods, once for all; the methods share the other half,
 * which covers how each deviates from it: over seeds, with the pooled noise of all, and over the test rows that all seeds share.
 */
function pooledNoise(all: readonly BySeed[]): Interval {
  const common = commonEffects(all);
  const variances = all.map((own) => sampleVariance(deviations(own, common)));
  const degrees = common.size - 1;
  const pool = pooled(variances, { degrees, independent: (all.length - 1) * degrees });
  const shared = meanInterval([...common.values()], 1 - alpha / 2);
  const sharedWidth = (shared.error ?? 0) * Math.sqrt(shared.count); // for one seed
  return (own, onRows) => {
    const count = own.size;
    const found = moderated(sampleVariance(deviations(own, common)), count - 1, pool);
    const noise = { ofSeeds: found.variance / count, degrees: found.degrees, ofRows: onRows?.shared ?? 0 };
    const error = sharedWidth / Math.sqrt(count) + halfWidth(alpha / 4 / all.length, noise);
    return { value: mean([...own.values()]), error, count };
  };
}

/** The mean difference of every seed over the methods that have it. */
function commonEffects(all: readonly BySeed[]): Map<number, number> {
  const values = new Map<number, number[]>();
  for (const own of all)
    for (const [seed, value] of own) values.set(seed, [...(values.get(seed) ?? []), value]);
  return new Map([...values].map(([seed, some]) => [seed, mean(some)]));
}

function deviations(own: BySeed, common: BySeed): number[] {
  return [...own].map(([seed, value]) => value - common.get(seed)!);
}
