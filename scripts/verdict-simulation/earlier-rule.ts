import { type Contrast, mean, pValueOf, pairedDifference } from '../../analysis/statistics/estimates.ts';
import { holm } from '../../analysis/statistics/holm.ts';
import type { BySeed } from '../../analysis/statistics/pair-noise.ts';
import { commonNoise } from './earlier-noise.ts';

/** The number of rivals of the best from which on their noise was estimated together. */
const many = 12;

/**
 * The rule of version 0.1, kept for the simulation alone: which methods it called behind the best. It compared the best with
 * each rival, paired by seed, by Holm over the rivals; of many methods by moderated variances of single methods.
 */
export function behindByEarlierRule(methods: readonly BySeed[]): boolean[] {
  const means = methods.map((method) => mean([...method.values()]));
  const best = means.indexOf(Math.max(...means));
  if (methods.length - 1 >= many) {
    const gap = commonNoise(methods);
    return methods.map((method, j) => {
      const { value, error = 0 } = gap(methods[best], method)!;
      return j !== best && value > error;
    });
  }
  const rivals = [...methods.keys()].filter((j) => j !== best);
  const pOf = (j: number) => pValueOf(pairedDifference(methods[best], methods[j]) as Contrast)!;
  const adjusted = holm(rivals.map(pOf));
  return methods.map((_, j) => j !== best && adjusted[rivals.indexOf(j)] <= 0.05);
}
