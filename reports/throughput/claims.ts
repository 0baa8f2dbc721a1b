import { baseline } from '../../analysis/comparisons/comparable.ts';
import type { Estimate } from '../../analysis/statistics/estimates.ts';
import type { ThroughputGroup, ThroughputRow } from '../../analysis/throughput/groups.ts';
import { type ThroughputHeadline, headlines } from '../../analysis/throughput/headlines.ts';
import { formatCount, formatFixed } from '../format.ts';
import { methodText, peerName, placeText } from './names.ts';

/** The main result of a group at one place, in words. */
export interface ThroughputClaim {
  /** The ratio that matters most, shown large: to PyTorch, or to the bound without it. */
  readonly figure: string;
  readonly lead: string;
  readonly details: string;
}

/** One claim for every backend and number of threads; none about software drivers. */
export function throughputClaims(group: ThroughputGroup): ThroughputClaim[] {
  return headlines(group).map(claimOf);
}

function claimOf({ place, row, peer, asFast, others, largestShare }: ThroughputHeadline): ThroughputClaim {
  const { toPeer, shareOfBound } = row;
  const where = placeText(place);
  const name = methodText(row.record);
  const speed = `${formatCount(row.record.train.median)} samples a second`;
  const share =
    shareOfBound === undefined
      ? speed
      : `${percent(shareOfBound)} of what its matrix products alone would allow`;
  const details = [
    toPeer === undefined || shareOfBound === undefined ? '' : `${share}.`,
    toPeer === undefined ? '' : `Inference: ${times(toPeer.inference)}.`,
    othersText(others),
    largestShare === undefined ? '' : `With the largest tables it trains ${times(largestShare)} as fast.`,
  ];
  return {
    figure:
      toPeer !== undefined
        ? times(toPeer.train, false)
        : shareOfBound === undefined
          ? formatCount(row.record.train.median)
          : percent(shareOfBound, false),
    lead:
      toPeer === undefined || peer === undefined
        ? `${where}: training of ${name} reaches ${share}`
        : `${where}: ${name} trains ${speedText(toPeer.train, asFast)} ${peerName(peer)}`,
    details: details.filter((text) => text !== '').join(' '),
  };
}

function speedText(ratio: Estimate, asFast: boolean): string {
  return asFast ? `about as fast (${times(ratio)}) as` : `${times(ratio)} as fast as`;
}

function othersText(rows: readonly ThroughputRow[]): string {
  if (rows.length === 0) return '';
  const ratios = rows.map(
    ({ record, toFull }) => `${methodText(record)} ${formatFixed(toFull!.train.value, 2)}`,
  );
  return `Training speed relative to ${baseline}: ${ratios.join(', ')}.`;
}

function times({ value, error = 0 }: Estimate, withError = true): string {
  return withError
    ? `${formatFixed(value, 2)} ± ${formatFixed(error, 2)} times`
    : `${formatFixed(value, 2)}x`;
}

function percent({ value, error = 0 }: Estimate, withError = true): string {
  const share = formatFixed(100 * value, 0);
  return withError ? `${share} ± ${formatFixed(100 * error, 0)} %` : `${share} %`;
}
