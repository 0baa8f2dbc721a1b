import type { Estimate } from '../../analysis/statistics/estimates.ts';

/**
 * The range of a quality axis. Two seeds can give an error bar many times the spread of the methods, and a best
 * possible score can lie far away: both are shown only as far as they leave the methods distinguishable.
 */
export function qualityDomain(
  estimates: readonly Estimate[],
  bestPossible: number | undefined,
): [bottom: number, top: number] {
  const values = estimates.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const reach = Math.max(high - low, 1e-4) * 0.6;
  const ends = estimates.flatMap(({ value, error = 0 }) => [value - error, value + error]);
  if (bestPossible !== undefined && bestPossible > low - reach && bestPossible < high + reach) {
    ends.push(bestPossible);
  }
  const bottom = Math.max(Math.min(...ends), low - reach);
  const top = Math.min(Math.max(...ends), high + reach);
  const margin = Math.max(top - bottom, 1e-4) * 0.06;
  return [bottom - margin, top + margin];
}
