import { mean } from '../statistics/estimates.ts';
import { spearman } from './rank-correlation.ts';

/** AUC by seed. */
type Scores = ReadonlyMap<number, number>;

/**
 * How well the order of some methods would agree with itself, had the same number of other seeds been run: the mean rank correlation of the means over every two disjoint
 * sets of half the seeds, raised to all seeds by the formula of Spearman and Brown. 0 where halves do not agree at all. Two recordings whose true orders are the same
 * correlate by the square root of the product of theirs, and not by 1. Undefined with fewer than two seeds that all methods have.
 */
export function selfAgreement(methods: readonly Scores[]): number | undefined {
  const seeds = [...(methods[0]?.keys() ?? [])].filter((seed) => methods.every((scores) => scores.has(seed)));
  const half = Math.floor(seeds.length / 2);
  if (half === 0) return undefined;
  const means = (subset: readonly number[]) =>
    methods.map((scores) => mean(subset.map((seed) => scores.get(seed)!)));
  const found = subsets(seeds, half).flatMap((first) =>
    subsets(seeds.filter((seed) => !first.includes(seed)), half)
      .filter((second) => seeds.indexOf(first[0]) < seeds.indexOf(second[0])) // each pair once
      .map((second) => spearman(means(first), means(second)) ?? 0),
  ); // prettier-ignore
  const agreement = Math.max(0, mean(found));
  const times = seeds.length / half;
  return (times * agreement) / (1 + (times - 1) * agreement);
}

/** All subsets of so many, in order. */
function subsets<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((first, i) => subsets(all.slice(i + 1), size - 1).map((others) => [first, ...others]));
}
