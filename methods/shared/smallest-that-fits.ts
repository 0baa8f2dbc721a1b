/**
 * The least real number between `low` and `high` for which something fits, to a few parts in 2^50; `high` itself where
 * nothing does. Sizes that fall in steps need not fall throughout: what it returns below `high` was tried and fits.
 */
export function smallestThatFits(low: number, high: number, fits: (x: number) => boolean): number {
  if (fits(low)) return low;
  if (!fits(high)) return high;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (fits(middle)) high = middle;
    else low = middle;
  }
  return high;
}
