import { permutation } from '../../base/random.ts';
import { mean } from '../statistics/estimates.ts';
import { spearman } from './rank-correlation.ts';

/** AUC by seed. */
type Scores = ReadonlyMap<number, number>;

/**
 * How well the order of some methods would agree with itself, had the same number of other seeds been run: the mean rank correlation of the means over every two disjoint
 * sets of half the seeds (of more than ten seeds, over 200 drawn pairs of sets), raised to all seeds by the formula of Spearman and Brown. 0 where halves do not agree at all. Two recordings whose true orders are the same
 * correlate by the square root of the product of theirs, and not by 1. Seeds share their test rows, whose noise is not in it. Undefined with fewer than two seeds that all methods have.
 */
export function selfAgreement(methods: readonly Scores[]): number | undefined {
  const seeds = [...(methods[0]?.keys() ?? [])].filter((seed) => methods.every((scores) => scores.has(seed)));
  const half = Math.floor(seeds.length / 2);
  if (half === 0) return undefined;
  const means = (subset: readonly number[]) =>
    methods.map((scores) => mean(subset.map((seed) => scores.get(seed)!)));
  const found = halvings(seeds, half).map(([first, second]) => spearman(means(first), means(second)) ?? 0);
  const agreement = Math.max(0, mean(found));
  const times = seeds.length / half;
  return (times * agreement) / (1 + (times - 1) * agreement);
}

/** Seeds up to which all halvings are taken: 1,260 pairs of sets of five. */
const mostForAll = 10;
const drawn = 200;

/** Pairs of disjoint sets of so many seeds: all of them, each once, or some that are drawn. */
function halvings(seeds: readonly number[], half: number): [number[], number[]][] {
  if (seeds.length > mostForAll)
    return Array.from({ length: drawn }, (_, draw) => {
      const order = Array.from(permutation(seeds.length, draw), (place) => seeds[place]);
      return [order.slice(0, half), order.slice(half, 2 * half)];
    });
  return subsets(seeds, half).flatMap((first) =>
    subsets(
      seeds.filter((seed) => !first.includes(seed)),
      half,
    )
      .filter((second) => seeds.indexOf(first[0]) < seeds.indexOf(second[0]))
      .map((second): [number[], number[]] => [first, second]),
  );
}

/** All subsets of so many, in order. */
function subsets<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((first, i) => subsets(all.slice(i + 1), size - 1).map((others) => [first, ...others]));
}
