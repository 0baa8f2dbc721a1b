import { type BySeed, moderation, residuals, seedEffects } from '../common-noise.ts';
import { maxNamed } from '../spotlight.ts';
import { type Difference, withKnown } from '../seeds-and-rows.ts';
import { type Estimate, intervalOf, mean, meanInterval } from '../statistics.ts';
import { studentQuantile } from '../student-t.ts';

/** Of a difference over the seeds of one method at one budget; with the noise of test rows where that is known. */
export type Interval = (differences: BySeed, onRows?: Difference) => Estimate;

/**
 * Means of differences by seed, with intervals that hold for all of them at once in 95 % of cases. Few stand each for
 * itself and share the 5 % (Bonferroni); of more than a dozen the noise is known together, as in `commonNoise`. `all`:
 * those that are judged, each with two seeds or more.
 */
export function differenceNoise(all: readonly BySeed[]): Interval {
  const confidence = 1 - 0.05 / all.length;
  const alone: Interval = (own, onRows) =>
    onRows === undefined
      ? meanInterval([...own.values()], confidence)
      : intervalOf(onRows.overBoth, confidence);
  return all.length < maxNamed ? alone : (moderatedNoise(all) ?? alone);
}

/**
 * What a seed does to all differences alike (other starting weights in one of the recordings) cancels between two methods
 * of one recording, not between two recordings: with three seeds it has two degrees of freedom, however many methods
 * show it. One half of the 5 % is for that, at once for all; the other half, shared, for what is each one's own: over
 * seeds, and over the test rows that all seeds share.
 */
function moderatedNoise(all: readonly BySeed[]): Interval | undefined {
  const effects = seedEffects(all);
  const ownVariance = residuals(effects);
  const moderate = moderation(all.map(ownVariance));
  if (moderate === undefined) return undefined;
  const common = meanInterval([...effects.values()], 1 - 0.025);
  const commonWidth = (common.error ?? 0) * Math.sqrt(common.count); // of one seed
  return (own, onRows) => {
    const count = own.size;
    const { value: variance, degrees } = moderate(ownVariance(own));
    const [ofSeeds, ofRows] = [variance / count, onRows?.shared ?? 0];
    const quantile = studentQuantile(1 - 0.025 / all.length / 2, withKnown(degrees, ofSeeds, ofRows));
    const error = commonWidth / Math.sqrt(count) + quantile * Math.sqrt(ofSeeds + ofRows);
    return { value: mean([...own.values()]), error, count };
  };
}
