import type { Rate, ThroughputRecord } from '../../results/throughput-record.ts';
import { type Estimate, median, medianAbsoluteDeviation } from '../statistics/estimates.ts';

/**
 * The ratio of two speeds: the median of the ratios round by round, and their MAD. Both sides of a round met the same state
 * of the machine, so most of its noise cancels; in a ratio of two medians it does not.
 */
export function roundRatio(ours: Rate, theirs: Rate): Estimate {
  const rounds = Math.min(ours.rounds.length, theirs.rounds.length);
  const ratios = ours.rounds.slice(0, rounds).map((rate, i) => rate / theirs.rounds[i]);
  return { value: median(ratios), error: medianAbsoluteDeviation(ratios), count: rounds };
}

/** Rounds of different measurements have nothing in common: no ratio. */
export function sameRounds(
  a: Pick<ThroughputRecord, 'measurement'>,
  b: Pick<ThroughputRecord, 'measurement'>,
): boolean {
  return a.measurement === b.measurement;
}
