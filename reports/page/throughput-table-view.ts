import type { CompletedPeer, Rate, ThroughputRecord } from '../../results/throughput-record.ts';
import { type Cell, emptyCell, estimateCell, plainCell } from '../cell.ts';
import { formatAchieved, formatBytes, formatCount, formatFixed, formatShort } from '../format.ts';
import { seriesKey } from '../../analysis/comparisons/series-key.ts';
import type { Series } from '../../analysis/summary/series.ts';
import type { Estimate } from '../../analysis/statistics/estimates.ts';
import type { PeerRow, ThroughputGroup, ThroughputRow } from '../../analysis/throughput/groups.ts';
import { byPlace } from '../../analysis/throughput/places.ts';
import { methodText, peerName, peerPlace, placeText } from '../throughput/names.ts';
import { symbolFor, symbolOf } from './symbols.ts';

/** The table of throughput: a body for every backend and number of threads, and one for PyTorch. */
export interface ThroughputTableView {
  readonly width: number;
  readonly columns: readonly { readonly label: string; readonly meaning: string }[];
  readonly bodies: readonly { readonly heading: string; readonly rows: readonly ThroughputRowView[] }[];
  readonly missing: readonly { name: string; place: string; status: string; error: string }[];
}

interface ThroughputRowView {
  readonly label: string;
  readonly symbol: string;
  readonly badge: string | undefined;
  readonly cells: readonly Cell[];
}

interface Column {
  readonly label: string;
  readonly meaning: string;
  readonly ours: (row: ThroughputRow) => Cell;
  readonly theirs?: (record: CompletedPeer) => Cell;
}

const columns: readonly Column[] = [
  {
    label: 'Train /s',
    meaning: 'samples per second of training steps up to their loss, median ± MAD over all samples',
    ours: ({ record }) => rateCell(record.train),
    theirs: (record) => rateCell(record.train),
  },
  {
    label: 'of bound',
    meaning:
      'share of the speed that the matrix products of the step alone would allow, median ± MAD over rounds',
    ours: ({ shareOfBound }) => percentCell(shareOfBound),
  },
  {
    label: '× PyTorch',
    meaning:
      'training: times as fast as the fastest PyTorch on the same device, with as many threads or in fp32',
    ours: ({ toPeer }) => ratioCell(toPeer?.train),
  },
  {
    label: '× full',
    meaning:
      'training: times as fast as full on the same backend and threads, in the same rounds; with many methods, in the turns of full just before and after',
    ours: ({ toFull }) => ratioCell(toFull?.train),
  },
  {
    label: 'Inference /s',
    meaning: 'samples per second up to the logits, median ± MAD over all samples',
    ours: ({ record }) => rateCell(record.inference),
    theirs: (record) => rateCell(record.inference),
  },
  {
    label: '× PyTorch',
    meaning:
      'inference: times as fast as the fastest PyTorch on the same device, with as many threads or in fp32',
    ours: ({ toPeer }) => ratioCell(toPeer?.inference),
  },
  {
    label: '× full',
    meaning:
      'inference: times as fast as full on the same backend and threads, in the same rounds; with many methods, in the turns of full just before and after',
    ours: ({ toFull }) => ratioCell(toFull?.inference),
  },
  {
    label: 'Lookups /s',
    meaning: 'ids turned into vectors per second by the embedding layer alone, median ± MAD over all samples',
    ours: ({ record }) => rateCell(record.lookups, formatShort),
  },
  {
    label: 'Bound /s',
    meaning:
      'samples per second if a training step were its matrix products alone, median ± MAD over all samples',
    ours: ({ record }) => (record.bound ? rateCell(record.bound) : ratioCell(undefined)),
  },
  {
    label: 'Achieved',
    meaning: 'compression achieved: full fp32 bytes / serving bytes',
    ours: ({ record: { compression } }) =>
      plainCell(formatAchieved(compression.achieved), compression.achieved),
  },
  {
    label: 'Tables',
    meaning: 'rows and their optimizer state, as they lie in memory',
    ours: ({ record: { size } }) => plainCell(formatBytes(size.tableBytes), size.tableBytes),
  },
];

const toLargest: Column = {
  label: '× largest',
  meaning: 'training: times as fast as the same configuration with the largest tables of this recording',
  ours: (row) => ratioCell(row.toLargest),
};

export function throughputTableView(
  { rows, peers, missing }: ThroughputGroup,
  series: ReadonlyMap<string, Series>,
): ThroughputTableView {
  const shown = rows.some((row) => row.toLargest !== undefined) ? [...columns, toLargest] : columns;
  const bodies = byPlace(rows).map(({ place, rows: here }) => ({
    heading: placeText(place),
    rows: here.map((row) => methodView(row, shown, series)),
  }));
  return {
    width: shown.length + 1,
    columns: shown.map(({ label, meaning }) => ({ label, meaning })),
    bodies: [
      ...bodies,
      ...(peers.length === 0 ? [] : [{ heading: 'PyTorch', rows: peers.map((row) => peerView(row, shown)) }]),
    ],
    missing: missing.map(missingView),
  };
}

function methodView(
  row: ThroughputRow,
  shown: readonly Column[],
  series: ReadonlyMap<string, Series>,
): ThroughputRowView {
  return {
    label: methodText(row.record),
    symbol: symbolOf(series.get(seriesKey(row.record))!),
    badge: undefined,
    cells: shown.map(({ ours }) => ours(row)),
  };
}

function peerView({ record, best, rivals }: PeerRow, shown: readonly Column[]): ThroughputRowView {
  const products = record.device === 'gpu' ? '' : `, ${blasName(record)}`;
  return {
    label: `${peerName(record)}, ${peerPlace(record)}${products}`,
    symbol: symbolFor({ color: 'var(--series-peer)', shape: 'square' }),
    badge: best && rivals > 1 ? 'fastest' : undefined,
    cells: shown.map(({ theirs }) => theirs?.(record) ?? emptyCell),
  };
}

function missingView(record: Exclude<ThroughputRecord, { status: 'completed' }>) {
  const { status, error } = record;
  return record.kind === 'method'
    ? { name: methodText(record), place: placeText(record), status, error }
    : { name: peerName(record), place: peerPlace(record), status, error };
}

function blasName({ blas }: CompletedPeer): string {
  return blas === 'openblas' ? 'OpenBLAS' : blas;
}

function rateCell({ median, mad }: Rate, format = formatCount): Cell {
  return estimateCell({ value: median, error: mad }, format, format);
}

const twoDigits = (value: number) => formatFixed(value, 2);

function ratioCell(ratio: Estimate | undefined): Cell {
  return estimateCell(ratio, twoDigits, twoDigits);
}

function percentCell(share: Estimate | undefined): Cell {
  if (share === undefined) return ratioCell(undefined);
  const { value, error = 0 } = share;
  return { text: `${formatFixed(100 * value, 0)} %`, error: `± ${formatFixed(100 * error, 0)}`, sort: value };
}
