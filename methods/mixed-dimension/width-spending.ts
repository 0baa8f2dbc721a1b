import { spendGreedily } from '../shared/budget/greedy.ts';
import type { Block } from './temperature.ts';
import { widthBytes } from '../shared/low-rank/block-widths.ts';

export interface WidthSpending {
  readonly dim: number;
  /** Temperature of the power law, above 0. */
  readonly temperature: number;
  /** The next width: one more, or twice as much. */
  readonly steps: 'one' | 'double';
}

/**
 * Widens blocks of rows step by step as long as one fits, the one that is worth most for each byte.
 *
 * Rows of width w are worth U(w) with U'(w) = w^(-1 / temperature), each as often as it is looked up: of the widths that take
 * so many bytes, those of the power law are worth most. So whole widths are chosen by the same worth. The slope is taken
 * at the width that a step leads to.
 */
export function widen(
  blocks: readonly Block[],
  widths: readonly number[],
  bytes: number,
  { dim, temperature, steps }: WidthSpending,
): { readonly widths: readonly number[]; readonly left: number } {
  const next = (width: number) => (steps === 'one' ? width + 1 : Math.max(1, 2 * width));
  // Relative to the widest, or numbers leave the floats at low temperatures.
  const power = -1 / temperature;
  const slope = (width: number) => (width / dim) ** power;
  const worthOf = (width: number) => {
    if (steps === 'one' || width === 0) return slope(width + 1);
    if (power === -1) return Math.LN2 * dim;
    return (dim * ((2 * width) / dim) ** (power + 1) - dim * (width / dim) ** (power + 1)) / (power + 1);
  };
  const { states, left } = spendGreedily(widths, bytes, (at, width) => {
    const { ids, popularity } = blocks[at];
    const to = next(width);
    if (ids === 0 || to > dim) return [];
    const more = widthBytes(ids, to, dim) - widthBytes(ids, width, dim);
    return [{ to, bytes: more, worth: ids * popularity * worthOf(width) }];
  });
  return { widths: states, left };
}

/** A block whose first rows become wider by one. */
export interface Split {
  readonly block: number;
  readonly rows: number;
}

/** Widens some rows of the block whose next step is worth most, by the bytes that `widen` left. Undefined if they are too few for a row. */
export function splitWithin(
  blocks: readonly Block[],
  widths: readonly number[],
  left: number,
  { dim, temperature }: WidthSpending,
): Split | undefined {
  let best = -1;
  let bestWorth = 0;
  blocks.forEach(({ ids, popularity }, at) => {
    const worth = popularity * ((widths[at] + 1) / dim) ** (-1 / temperature);
    if (ids < 2 || widths[at] >= dim || worth <= bestWorth) return;
    [best, bestWorth] = [at, worth];
  });
  if (best < 0) return undefined;
  // Rows of the new width have a projection of their own.
  const projection = widthBytes(0, widths[best] + 1, dim);
  const rows = Math.min(blocks[best].ids - 1, Math.floor((left - projection) / 4));
  return rows < 1 ? undefined : { block: best, rows };
}
