import { sum } from '../../base/sum.ts';
import { studentQuantile, studentTails } from './student-t.ts';

/** A number and the half-width of its error bar; `error` is undefined if one sample gives no way to know it. */
export interface Estimate {
  readonly value: number;
  readonly error: number | undefined;
  readonly count: number;
}

/** An estimated difference before a level of confidence is chosen. */
export interface Contrast {
  readonly value: number;
  readonly standardError: number | undefined;
  /** Degrees of freedom of the standard error. */
  readonly degrees: number;
  readonly count: number;
}

/** The value with the half-width of its Student t interval. */
export function intervalOf({ value, standardError, degrees, count }: Contrast, confidence = 0.95): Estimate {
  if (standardError === undefined) return { value, error: undefined, count };
  return { value, error: studentQuantile((1 + confidence) / 2, degrees) * standardError, count };
}

/** The p-value of the hypothesis that the value is zero; undefined if one sample gives no way to know it. */
export function pValueOf({ value, standardError, degrees }: Contrast): number | undefined {
  if (standardError === undefined) return undefined;
  if (standardError === 0) return value === 0 ? 1 : 0;
  return studentTails(value / standardError, degrees);
}

/** True if the error bar reaches zero: the difference cannot be separated from zero. False without an error bar. */
export function holdsZero({ value, error }: Pick<Estimate, 'value' | 'error'>): boolean {
  return error !== undefined && Math.abs(value) <= error;
}

export function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

/** Mean with the half-width of its Student t interval: t(n-1) · s / √n. */
export function meanInterval(values: readonly number[], confidence = 0.95): Estimate {
  return intervalOf(meanOf(values), confidence);
}

function meanOf(values: readonly number[]): Contrast {
  const count = values.length;
  const value = mean(values);
  if (count < 2) return { value, standardError: undefined, degrees: 0, count };
  const variance = sum(values.map((x) => (x - value) ** 2)) / (count - 1);
  return { value, standardError: Math.sqrt(variance / count), degrees: count - 1, count };
}

/**
 * Mean of `a - b` over the seeds both have. Runs of one seed share batches and starting weights, so their noise is
 * largely the same and cancels: the interval is much narrower than that of two separate means.
 */
export function pairedDifference(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): Contrast | undefined {
  const differences = [...a].flatMap(([seed, value]) => (b.has(seed) ? [value - b.get(seed)!] : []));
  return differences.length === 0 ? undefined : meanOf(differences);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Median absolute deviation from the median, unscaled. */
export function medianAbsoluteDeviation(values: readonly number[]): number {
  const center = median(values);
  return median(values.map((value) => Math.abs(value - center)));
}
