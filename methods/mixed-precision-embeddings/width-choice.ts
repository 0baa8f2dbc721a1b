import { type Choice, chooseWithin } from '../shared/budget/knapsack.ts';
import { type Move, spendGreedily } from '../shared/budget/greedy.ts';

/** Groups of ids that are to take a width each, in bits per float. */
export interface Groups {
  readonly sizes: readonly number[];
  readonly lookUps: readonly number[];
  readonly dim: number;
  /** Widths to choose among, ascending, 0 the first. */
  readonly widths: readonly number[];
}

/** Bytes of the floats of so many ids. */
export const floatBytes = (ids: number, dim: number, bits: number) => Math.ceil((ids * dim * bits) / 8);

/** The worth of each width of each group, the budget aside: log p of the learned distribution and `prior` for every bit. */
export function worthOf(logits: Float32Array, { sizes, widths }: Groups, prior: number): number[][] {
  return sizes.map((_, g) => {
    const ofGroup = logits.subarray(g * widths.length, (g + 1) * widths.length);
    const max = Math.max(...ofGroup);
    const total = Math.log(ofGroup.reduce((sum, x) => sum + Math.exp(x - max), 0));
    return widths.map((bits, at) => ofGroup[at] - max - total + prior * bits);
  });
}

/** One width of each group that are worth most together and fit: the place of each in `widths`. */
export function chooseWidths(
  worth: readonly (readonly number[])[],
  { sizes, dim, widths }: Groups,
  bytes: number,
): number[] {
  const lists = worth.map((ofGroup, g) =>
    ofGroup.map((value, at): Choice => ({ value, cost: floatBytes(sizes[g], dim, widths[at]) })),
  );
  return chooseWithin(lists, bytes) ?? sizes.map(() => 0);
}

/**
 * Widens groups while bytes are left, that of most worth per byte first: the variance that a bit more takes away, ¾ · 4^−b for b bits,
 * times its look-ups. Without a search this alone chooses, from no bits at all.
 */
export function widen(start: readonly number[], groups: Groups, bytes: number): number[] {
  const { sizes, lookUps, dim, widths } = groups;
  const error = (at: number) => 4 ** -widths[at];
  const movesOf = (group: number, at: number): Move<number>[] => {
    if (at === widths.length - 1) return [];
    const more = (to: number) => floatBytes(sizes[group], dim, widths[to]) - floatBytes(sizes[group], dim, widths[at]); // prettier-ignore
    return [{ to: at + 1, bytes: more(at + 1), worth: lookUps[group] * (error(at) - error(at + 1)) }];
  };
  const taken = start.reduce((sum, at, g) => sum + floatBytes(sizes[g], dim, widths[at]), 0);
  return [...spendGreedily(start, bytes - taken, movesOf).states];
}

/** The rule of the paper, which knows no budget: the largest width whose probability is at least half of an even share. */
export function widestProbable(probabilities: readonly number[]): number {
  return probabilities.findLastIndex((p) => p >= 1 / (2 * probabilities.length));
}
