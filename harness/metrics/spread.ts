/** Median and median absolute deviation: neither moves for a few slow samples on a busy machine. */
export interface Spread {
  readonly median: number;
  readonly mad: number;
  readonly count: number;
}

export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0) throw new RangeError('a spread needs at least one sample');
  const center = median(samples);
  return { median: center, mad: median(samples.map((x) => Math.abs(x - center))), count: samples.length };
}

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
