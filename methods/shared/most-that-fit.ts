/**
 * The largest whole number from 0 to `limit` that fits, where whatever is smaller than one that fits does too; 0 where
 * nothing fits.
 */
export function mostThatFit(limit: number, fits: (n: number) => boolean): number {
  let [low, high] = [0, Math.max(0, Math.floor(limit)) + 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
