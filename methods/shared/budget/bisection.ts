import { offsetsOf } from '../rows/table-parts.ts';

/**
 * A whole number from 0 to `max` that fits, by bisection: `max` where it does, else one whose successor does not. 0 is
 * not tried. Where fitting is not monotone it need not be the largest one.
 */
export function largestWithin(max: number, fits: (value: number) => boolean): number {
  if (fits(max)) return max;
  let [low, high] = [0, max];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The least real number between `low` and `high` for which something fits, to parts in 2^halvings; `high` itself
 * where nothing does. Sizes that fall in steps need not fall throughout: what it returns below `high` was tried and fits.
 */
export function smallestThatFits(
  low: number,
  high: number,
  fits: (x: number) => boolean,
  halvings = 50,
): number {
  if (fits(low)) return low;
  if (!fits(high)) return high;
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Says of an item which count it is among, where items are numbered one count after the other. */
export function partFinder(counts: readonly number[]): (item: number) => number {
  const offsets = offsetsOf(counts);
  return (item) => largestWithin(counts.length - 1, (part) => offsets[part] <= item);
}
