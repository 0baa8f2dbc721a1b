import type { Rate, ThroughputRecord } from '../../results/throughput-record.ts';
import { type Estimate, median, medianAbsoluteDeviation } from '../statistics/estimates.ts';

type Rounds = Pick<Rate, 'rounds'>;

/**
 * The ratio of two speeds: the median of the ratios round by round, and their MAD. Both sides of a round met the same state
 * of the machine, so most of its noise cancels; in a ratio of two medians it does not.
 */
export function roundRatio(ours: Rounds, theirs: Rounds): Estimate {
  const rounds = Math.min(ours.rounds.length, theirs.rounds.length);
  const ratios = ours.rounds.slice(0, rounds).map((rate, i) => rate / theirs.rounds[i]);
  return { value: median(ratios), error: medianAbsoluteDeviation(ratios), count: rounds };
}

/** The ratio to the speed of `full`: to that in the turns beside each round, where a measurement has them. */
export function ratioToFull(ours: Rate, full: Rounds): Estimate {
  return roundRatio(ours, ours.baseline === undefined ? full : { rounds: ours.baseline });
}

/** Rounds of different measurements have nothing in common: no ratio. */
export function sameRounds(
  a: Pick<ThroughputRecord, 'measurement'>,
  b: Pick<ThroughputRecord, 'measurement'>,
): boolean {
  return a.measurement === b.measurement;
}
