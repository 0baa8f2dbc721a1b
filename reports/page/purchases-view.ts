import { baseline } from '../../results/comparable.ts';
import { countedFullBytes } from '../../results/counted-bytes.ts';
import { formatBytes, formatChange, formatFixed, formatRatio } from '../format.ts';
import { metrics } from '../metrics.ts';
import type { Purchase } from '../purchases.ts';
import type { CompletedRow } from '../summary.ts';
import { symbolOf } from './symbols.ts';

/** What purchases.hbs reads: the table is all there is to say; a script picks the row of the reader's bytes. */
export interface PurchasesView {
  readonly fullBytes: number;
  /** What the reader's number counts. */
  readonly unit: { readonly name: string; readonly bytes: number };
  readonly rows: readonly PurchaseRow[];
}

interface PurchaseRow {
  readonly bytes: number;
  /** Whether it is a budget that methods were asked for. */
  readonly asked: boolean;
  readonly from: string;
  readonly ratio: string;
  readonly choose: string;
  readonly symbol: string;
  /** Test AUC against the baseline's. */
  readonly change: string;
  /** The layer that was measured: what it was asked for, and what it takes. */
  readonly measured: string;
  readonly details: string;
  /** "3 others", and their names, the best AUC first. */
  readonly tied: { readonly count: string; readonly names: string } | undefined;
  /** Which of those that are tied are small or fast; empty where none is. */
  readonly advice: string;
}

export function purchasesView(purchases: readonly Purchase[]): PurchasesView | undefined {
  if (purchases.length === 0) return undefined;
  const fullBytes = countedFullBytes(purchases[0].claim.standing.best!.runs[0]);
  return {
    fullBytes,
    // Fractions of a unit are for small data sets.
    unit: fullBytes < 1e7 ? { name: 'kB', bytes: 1e3 } : { name: 'MB', bytes: 1e6 },
    rows: purchases.map(rowView),
  };
}

function rowView({ bytes, ratio, asked, claim: { standing, details } }: Purchase): PurchaseRow {
  const [best, tied] = [standing.best!, standing.tied];
  const { series, change, requested, estimates } = best;
  const count = `${tied.length} other${tied.length === 1 ? '' : 's'}`;
  return {
    bytes,
    asked,
    from: formatBytes(bytes),
    ratio: formatRatio(ratio),
    choose: series.label,
    symbol: symbolOf(series),
    change: change === undefined ? '–' : changeText(change),
    measured:
      series.method === baseline
        ? `uncompressed, ${formatBytes(estimates.servingBytes.value)}`
        : `asked for ${formatRatio(requested)}, takes ${formatBytes(estimates.servingBytes.value)}`,
    details,
    tied: tied.length === 0 ? undefined : { count, names: tied.map((row) => row.series.label).join(', ') },
    advice: tied.length === 0 ? '' : adviceAmong([best, ...tied]),
  };
}

function changeText(change: NonNullable<CompletedRow['change']>): string {
  const text = formatChange(change.value);
  return change.error === undefined ? text : `${text} ± ${formatFixed(change.error)}`;
}

/** Quality does not decide among equals: size and speed may. */
function adviceAmong(rows: readonly CompletedRow[]): string {
  const bytesOf = (row: CompletedRow) => row.estimates.servingBytes.value;
  const speedOf = (row: CompletedRow) => row.estimates.inferenceSpeed.value;
  const smallest = rows.reduce((a, b) => (bytesOf(b) < bytesOf(a) ? b : a));
  const fastest = rows.reduce((a, b) => (speedOf(b) > speedOf(a) ? b : a));
  // Layers that fill the same budget differ by a few rows.
  const smaller = bytesOf(smallest) < bytesOf(rows[0]) * (1 - metrics.servingBytes.slack);
  const advice = [
    ...(smaller ? [`${smallest.series.label} is the smallest (${formatBytes(bytesOf(smallest))})`] : []),
    `${fastest.series.label} scored fastest`,
  ];
  return `Of all that are tied, ${advice.join(' and ')}.`;
}
