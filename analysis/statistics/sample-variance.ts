/** The unbiased variance of at least two values. */
export function sampleVariance(values: readonly number[]): number {
  const count = values.length;
  let center = 0;
  for (const value of values) center += value / count;
  let squares = 0;
  for (const value of values) squares += (value - center) ** 2;
  return squares / (count - 1);
}
