import type { CompletedPeer } from '../../results/throughput-record.ts';
import { baseline } from '../comparisons/comparable.ts';
import { type Estimate, holdsZero } from '../statistics/estimates.ts';
import { type ThroughputGroup, type ThroughputRow, bestPeer } from './groups.ts';
import { type Place, byPlace } from './places.ts';

/** The main result of a group at one place. */
export interface ThroughputHeadline {
  readonly place: Place;
  /** The uncompressed table, or the first method where that was not timed. */
  readonly row: ThroughputRow;
  /** The fastest PyTorch that its training is compared with, where there is one. */
  readonly peer: CompletedPeer | undefined;
  /** True if training is as fast as PyTorch's within the deviation. */
  readonly asFast: boolean;
  /** The other methods with a ratio to the uncompressed table. */
  readonly others: readonly ThroughputRow[];
  /** Training speed with the largest tables as a share of that with the row's; undefined without such a record. */
  readonly largestShare: Estimate | undefined;
}

/** One headline per place; none about software drivers, which measure nothing. */
export function headlines({ rows, peers }: ThroughputGroup): ThroughputHeadline[] {
  const measured = rows.filter(({ record }) => !record.software);
  return byPlace(measured).map(({ place, rows: here }) => {
    const row = here.find(({ record }) => record.method === baseline) ?? here[0];
    const others = here.filter((other) => other !== row && other.toFull !== undefined);
    const peer = bestPeer(peers.map(({ record }) => record), row.record, 'train'); // prettier-ignore
    const asFast = row.toPeer !== undefined && holdsOne(row.toPeer.train);
    return { place, row, peer, asFast, others, largestShare: row.toLargest && inverse(row.toLargest) };
  });
}

/** A ratio whose deviation reaches 1 is no difference. */
function holdsOne({ value, error = 0 }: Estimate): boolean {
  return holdsZero({ value: value - 1, error });
}

/** 1 / ratio; its deviation to first order. */
function inverse({ value, error = 0, count }: Estimate): Estimate {
  return { value: 1 / value, error: error / value ** 2, count };
}
