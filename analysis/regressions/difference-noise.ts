import { type BySeed, moderation, residuals, seedEffects } from '../statistics/common-noise.ts';
import { type Difference, withKnown } from '../statistics/seeds-and-rows.ts';
import { type Estimate, intervalOf, mean, meanInterval } from '../statistics/estimates.ts';
import { studentQuantile } from '../statistics/student-t.ts';
import { hasCommonNoise } from '../verdicts/gaps.ts';

/** The mean difference over the seeds of one method at one budget; with the noise of test rows where that is known. */
export type Interval = (differences: BySeed, onRows?: Difference) => Estimate;

/**
 * Means of differences by seed, with intervals that hold for all of them at once in 95 % of cases. Few of
 * them share the 5 % by number (Bonferroni); the noise of a dozen or more is estimated together, as in `commonNoise`.
 * `all` holds those that are judged, each with two seeds or more.
 */
export function differenceNoise(all: readonly BySeed[]): Interval {
  const confidence = 1 - 0.05 / all.length;
  const alone: Interval = (own, onRows) =>
    onRows === undefined
      ? meanInterval([...own.values()], confidence)
      : intervalOf(onRows.overBoth, confidence);
  return hasCommonNoise(all.length) ? (moderatedNoise(all) ?? alone) : alone;
}

/**
 * A seed's common effect on all differences (other starting weights in one of the recordings) cancels between two methods
 * of one recording, not between two recordings: with three seeds it has two degrees of freedom, however many methods
 * show it. One half of the 5 % covers this common effect, once for all; the methods share the other half, which covers their own
 * noise: over seeds, and over the test rows that all seeds share.
 */
function moderatedNoise(all: readonly BySeed[]): Interval | undefined {
  const effects = seedEffects(all);
  const ownVariance = residuals(effects);
  const moderate = moderation(all.map(ownVariance));
  if (moderate === undefined) return undefined;
  const common = meanInterval([...effects.values()], 1 - 0.025);
  const commonWidth = (common.error ?? 0) * Math.sqrt(common.count); // for one seed
  return (own, onRows) => {
    const count = own.size;
    const { value: variance, degrees } = moderate(ownVariance(own));
    const [ofSeeds, ofRows] = [variance / count, onRows?.shared ?? 0];
    const quantile = studentQuantile(1 - 0.025 / all.length / 2, withKnown(degrees, ofSeeds, ofRows));
    const error = commonWidth / Math.sqrt(count) + quantile * Math.sqrt(ofSeeds + ofRows);
    return { value: mean([...own.values()]), error, count };
  };
}
