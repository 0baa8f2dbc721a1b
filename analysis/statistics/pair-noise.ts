import { median } from './estimates.ts';
import { medianF } from './f-median.ts';
import { sampleVariance } from './sample-variance.ts';

/** AUC by seed. */
export type BySeed = ReadonlyMap<number, number>;

/** The prior never counts for more seeds than this: the catalogue recordings show 6 to 10. A constant, so nothing flips. */
export const maxPriorDegrees = 6;

/**
 * The noise over seeds of differences between two methods, known from all pairs of a comparison together. Two or three seeds
 * tell little about one pair; hundreds of pairs tell what noise is like (Smyth 2004, with a fixed number of prior degrees).
 * Each pair keeps a variance of its own: methods may answer the same seed alike, or oppositely.
 */
export interface PairNoise {
  /** The common variance of a difference; 0 without prior degrees. */
  readonly variance: number;
  /** Degrees of freedom that the common variance counts for; 0 for a pair alone, which is judged by its own t test. */
  readonly priorDegrees: number;
  /** Independent degrees of freedom behind the common variance. */
  readonly degrees: number;
  /** Seeds of every pair that it was made of. */
  readonly seeds: number;
  /** The median of the variances that pairs show. */
  readonly typical: number;
}

/** A difference of two methods, before a question is asked. */
export interface PairDifference {
  /** The mean of the first minus the second over their common seeds. */
  readonly value: number;
  /** Common seeds. */
  readonly count: number;
  /** Variance of the value over seeds (u of the procedure). */
  readonly ofSeeds: number;
  /** Degrees of freedom of `ofSeeds`. */
  readonly degrees: number;
  /** Variance of the value over the test rows that all seeds share (c of the procedure). */
  readonly ofRows: number;
}

/**
 * Pools the pairs of every budget of a comparison. `budgets`: the methods of each. Methods that lack a seed take no part.
 * Undefined with fewer than two seeds, or without two methods at any budget.
 */
export function pairNoise(budgets: readonly (readonly BySeed[])[]): PairNoise | undefined {
  const seeds = commonSeeds(budgets.flat());
  const complete = budgets.map((methods) =>
    methods.filter((method) => seeds.every((seed) => method.has(seed))),
  );
  const degrees = seeds.length - 1;
  const variances = complete.flatMap((methods) =>
    methods.flatMap((a, i) =>
      methods.slice(i + 1).map((b) => sampleVariance(seeds.map((seed) => a.get(seed)! - b.get(seed)!))),
    ),
  );
  if (degrees < 1 || variances.length === 0) return undefined;
  const independent = complete.reduce((sum, { length }) => sum + Math.max(0, length - 1) * degrees, 0);
  return pooled(variances, { degrees, independent });
}

/** The common noise of pairs that all have `degrees` degrees of freedom, `independent` of them all together. */
export function pooled(
  variances: readonly number[],
  { degrees, independent }: { readonly degrees: number; readonly independent: number },
): PairNoise {
  const priorDegrees = Math.min(maxPriorDegrees, (independent - degrees) / 4);
  const typical = median(variances);
  const variance = priorDegrees === 0 ? 0 : typical / medianF(degrees, priorDegrees);
  return { variance, priorDegrees, degrees: independent, seeds: degrees + 1, typical };
}

/** The variance of one pair's difference over single seeds, drawn towards the common one, and its degrees of freedom. */
export function moderated(
  own: number,
  ownDegrees: number,
  { variance, priorDegrees, degrees }: PairNoise,
): { readonly variance: number; readonly degrees: number } {
  return {
    variance: (priorDegrees * variance + ownDegrees * own) / (priorDegrees + ownDegrees),
    degrees: Math.min(priorDegrees + ownDegrees, degrees),
  };
}

/** Undefined with fewer than two common seeds. */
export function pairDifference(
  a: BySeed,
  b: BySeed,
  noise: PairNoise,
  ofRows = 0,
): PairDifference | undefined {
  const differences = [...a].flatMap(([seed, value]) => (b.has(seed) ? [value - b.get(seed)!] : []));
  const count = differences.length;
  if (count < 2) return undefined;
  const { variance, degrees } = moderated(sampleVariance(differences), count - 1, noise);
  const value = differences.reduce((sum, x) => sum + x, 0) / count;
  return { value, count, ofSeeds: variance / count, degrees, ofRows };
}

/** The seeds that most methods have; of equally frequent sets the largest. */
function commonSeeds(methods: readonly BySeed[]): number[] {
  const sets = new Map<string, { seeds: number[]; count: number }>();
  for (const method of methods) {
    const seeds = [...method.keys()].sort((a, b) => a - b);
    const known = sets.get(seeds.join()) ?? { seeds, count: 0 };
    sets.set(seeds.join(), { seeds, count: known.count + 1 });
  }
  const [most] = [...sets.values()].sort((a, b) => b.count - a.count || b.seeds.length - a.seeds.length);
  return most?.seeds ?? [];
}
