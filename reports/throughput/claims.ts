import { baseline } from '../../results/comparable.ts';
import { formatFixed } from '../format.ts';
import type { Estimate } from '../statistics.ts';
import { bestPeer, type ThroughputGroup, type ThroughputRow } from './groups.ts';
import { methodText, peerName, placeText } from './names.ts';

/** What a group shows, in words: one for every backend and number of threads. */
export interface ThroughputClaim {
  /** The ratio that matters most, large: to PyTorch, or to the bound without it. */
  readonly figure: string;
  readonly lead: string;
  readonly details: string;
}

/** About the uncompressed table, or the first method where that was not timed; nothing about software drivers. */
export function throughputClaims({ rows: all, peers }: ThroughputGroup): ThroughputClaim[] {
  const rows = all.filter(({ record }) => !record.software);
  const places = [...new Set(rows.map(({ record }) => placeText(record)))];
  return places.map((place) => {
    const here = rows.filter(({ record }) => placeText(record) === place);
    const row = here.find(({ record }) => record.method === baseline) ?? here[0];
    const others = here.filter((other) => other !== row && other.toFull !== undefined);
    const peer = bestPeer(peers.map(({ record }) => record), row.record, 'train'); // prettier-ignore
    const name = methodText(row.record);
    const share = `${percent(row.shareOfBound)} of what its matrix products alone would allow`;
    const details = [
      row.toPeer === undefined ? '' : `${share}.`,
      row.toPeer === undefined ? '' : `Inference: ${times(row.toPeer.inference)}.`,
      othersText(others),
      row.toLargest === undefined
        ? ''
        : `With the largest tables it trains ${inverse(row.toLargest)} as fast.`,
    ];
    return {
      figure: row.toPeer === undefined ? percent(row.shareOfBound, false) : times(row.toPeer.train, false),
      lead:
        row.toPeer === undefined || peer === undefined
          ? `${place}: training of ${name} reaches ${share}`
          : `${place}: ${name} trains ${verdict(row.toPeer.train)} ${peerName(peer)}`,
      details: details.filter((text) => text !== '').join(' '),
    };
  });
}

/** A ratio whose deviation reaches 1 is no difference. */
function verdict(ratio: Estimate): string {
  const { value, error = 0 } = ratio;
  const same = Math.abs(value - 1) <= error;
  return same ? `about as fast (${times(ratio)}) as` : `${times(ratio)} as fast as`;
}

function othersText(rows: readonly ThroughputRow[]): string {
  if (rows.length === 0) return '';
  const each = rows.map(
    ({ record, toFull }) => `${methodText(record)} ${formatFixed(toFull!.train.value, 2)}`,
  );
  return `Training speed relative to ${baseline}: ${each.join(', ')}.`;
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

/** The other way round, to first order in the deviation. */
function inverse({ value, error = 0, count }: Estimate): string {
  return times({ value: 1 / value, error: error / value ** 2, count });
}
