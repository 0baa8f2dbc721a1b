import { sum } from '../../base/sum.ts';

/**
 * Factors for the rows of a table as a tensor train, as near to each other as can be, largest first: their product is at
 * least n > 0, and no factor could be smaller. 10,131,227 in three: 217 x 217 x 216.
 */
export function rowFactors(n: number, cores: number): number[] {
  const factors = Array.from({ length: cores }, () => Math.ceil(n ** (1 / cores)));
  // Roots are rounded: the next number up or down may be the right one.
  while (product(factors) < n) factors.fill(factors[0] + 1);
  const canShrink = (core: number) => (product(factors) / factors[core]) * (factors[core] - 1) >= n;
  // Lower factors by one each, again and again, while one can be lowered.
  for (let core = cores - 1; factors.some((_, core) => canShrink(core)); core = (core + cores - 1) % cores)
    if (canShrink(core)) factors[core]--;
  return factors.sort((a, b) => b - a);
}

/**
 * Factors for the width, smallest first: those with the smallest sum, which is what cores are large by, and of these the
 * smallest product that is no smaller than the width. 16 in three: 2 x 2 x 4; 10: 2 x 2 x 3, of which 10 are used.
 */
export function widthFactors(width: number, cores: number): number[] {
  if (cores === 1) return [width];
  const better = (a: readonly number[], b: readonly number[]) =>
    sum(a) - sum(b) || product(a) - product(b) || Math.max(...a) - Math.max(...b);
  return Array.from({ length: Math.floor(width ** (1 / cores)) + 1 }, (_, i) => i + 1)
    .map((first) => [first, ...widthFactors(Math.ceil(width / first), cores - 1)].sort((a, b) => a - b))
    .sort(better)[0];
}

/** Floats of each core: rows x rank before x width x rank after; the ends have no rank beyond. */
export function coreFloats(rows: readonly number[], widths: readonly number[], rank: number): number[] {
  const last = rows.length - 1;
  return rows.map((p, core) => p * (core > 0 ? rank : 1) * widths[core] * (core < last ? rank : 1));
}

/**
 * Variance of the entries of cores, all alike and around 0, at which the entries of their product have the variance asked
 * for: each is the sum of rank^(cores - 1) products of an entry of every core.
 */
export function coreVariance(variance: number, cores: number, rank: number): number {
  return (variance / rank ** (cores - 1)) ** (1 / cores);
}

export const product = (factors: readonly number[]) =>
  factors.reduce((product, factor) => product * factor, 1);
