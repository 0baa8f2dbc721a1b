/**
 * A whole number from 0 to `most` that fits, by bisection: `most` where it does, else one whose successor does not. 0 is
 * not tried. Where fitting is not monotone it need not be the largest one.
 */
export function largestWithin(most: number, fits: (value: number) => boolean): number {
  if (fits(most)) return most;
  let [low, high] = [0, most];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
