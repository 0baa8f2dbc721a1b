/**
 * Holm's step-down correction (Scand. J. Statist. 1979) as adjusted p-values, in the order given: the smallest of k is
 * multiplied by k, the next by k - 1, none falls below one before it. Those at most alpha are rejected; the chance to reject
 * any that is true is alpha at most, however they depend on each other.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  order.forEach((index, step) => {
    largest = Math.min(1, Math.max(largest, (pValues.length - step) * pValues[index]));
    adjusted[index] = largest;
  });
  return adjusted;
}
