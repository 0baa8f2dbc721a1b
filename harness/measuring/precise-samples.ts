import { median } from '../metrics/spread.ts';

/** How well a median has to be known, and how long that may take. */
export interface Precision {
  /** Half of the interval of 95 % around the median, as a part of it. */
  readonly within: number;
  /** Milliseconds before the first sample that counts. */
  readonly warmUp: number;
  /** Milliseconds of samples, at least and at most. */
  readonly least: number;
  readonly most: number;
}

/** Samples of slow work, whatever its time; and those at which the interval is first looked at, as an interval has no meaning before. */
const fewest = 8;
const firstLook = 32;
/** The interval is looked at again after so many times as many samples: sorting them takes time. */
const growth = 1.5;

/**
 * Milliseconds of `work`, done again and again until the median is known: until its interval is narrow, and the first and the second
 * half of the samples agree as closely, so that nothing drifts. Samples end with `most` in any case, but for the first few. `now` stands
 * in for the clock in tests.
 */
export async function preciseSamples(
  work: () => Promise<void>,
  { within, warmUp, least, most }: Precision,
  now: () => number = () => performance.now(),
): Promise<number[]> {
  const timed = async () => {
    const start = now();
    await work();
    return now() - start;
  };
  for (const end = now() + warmUp; now() < end;) await work();
  const samples: number[] = [];
  const start = now();
  for (let next = firstLook; samples.length < fewest || now() - start < most;) {
    samples.push(await timed());
    if (samples.length < next || now() - start < least) continue;
    if (isSteady(samples, within)) break;
    next = Math.ceil(samples.length * growth);
  }
  return samples;
}

/** True if the median's interval and the difference between the halves are within a part of the median. */
export function isSteady(samples: readonly number[], within: number): boolean {
  const half = samples.length >> 1;
  const [first, second] = [median(samples.slice(0, half)), median(samples.slice(half))];
  const [low, high] = medianInterval(samples);
  const center = median(samples);
  // Each half has twice the variance of the whole, and their difference four times.
  return (high - low) / 2 <= within * center && Math.abs(first - second) <= 2 * within * center;
}

/**
 * The interval of 95 % around the median, by the ranks of samples: whatever their distribution is, the number of them below the true
 * median is binomial with mean n/2 and variance n/4.
 */
export function medianInterval(samples: readonly number[]): [low: number, high: number] {
  const sorted = [...samples].sort((a, b) => a - b);
  const away = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - away));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + away));
  return [sorted[low], sorted[high]];
}
