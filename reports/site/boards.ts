import { formatCount, formatFixed, formatRatio } from '../format.ts';
import { metrics } from '../metrics.ts';
import { isCompleted } from '../summary.ts';
import { addressOf, reportPath } from './addresses.ts';
import { dayOf } from './published.ts';
import { type Cell, type DataResults, type Result, cellOf, changeCell } from './results.ts';

/** What index.hbs reads of one data set: leaderboards, one for each budget. */
export interface DataView {
  readonly id: string;
  readonly heading: string;
  readonly rows: string;
  readonly fingerprint: string;
  /** What all settings have in common. */
  readonly shared: string;
  /** What no model could exceed; empty where that is not known. */
  readonly bound: string;
  readonly boards: readonly BoardView[];
}

interface BoardView {
  readonly id: string;
  readonly budget: string;
  readonly note: string;
  /** Short enough to stand open. */
  readonly open: boolean;
  readonly rows: readonly {
    readonly method: string;
    readonly label: string;
    readonly href: string;
    readonly standing: string;
    /** AUC, change from full, serving bytes, seeds. */
    readonly cells: readonly Cell[];
    readonly setting: string;
    readonly recording: { readonly name: string; readonly day: string; readonly href: string };
  }[];
  readonly missing: string;
}

const maxOpen = 14;

export function dataView(
  same: DataResults,
  index: number,
  methodPaths: ReadonlyMap<string, string>,
): DataView {
  const { data, results, shared } = same;
  const budgets = [...new Set(results.map(({ row }) => row.requested))].sort((a, b) => a - b);
  const id = `data-${index + 1}`;
  return {
    id,
    heading: same.heading,
    rows:
      `${formatCount(data.rows.train)} rows to train on, ${formatCount(data.rows.validation)} to validate, ` +
      `${formatCount(data.rows.test)} to test`,
    fingerprint: data.fingerprint,
    shared,
    bound: boundText(results),
    boards: budgets.map((requested) => {
      const members = results.filter(({ row }) => row.requested === requested);
      return boardView(`${id}-${requested}x`, members, methodPaths);
    }),
  };
}

function boardView(
  id: string,
  results: readonly Result[],
  methodPaths: ReadonlyMap<string, string>,
): BoardView {
  const ranked = results
    .flatMap((result) => (isCompleted(result.row) ? [{ ...result, row: result.row }] : []))
    .sort((a, b) => b.row.estimates.auc.value - a.row.estimates.auc.value);
  const [first] = ranked;
  const { requested } = results[0].row;
  return {
    id,
    budget: formatRatio(requested),
    note: [
      requested === 1 ? 'uncompressed' : '',
      `${ranked.length} result${ranked.length === 1 ? '' : 's'}`,
      first === undefined
        ? ''
        : `highest ${formatFixed(first.row.estimates.auc.value)}, ${first.row.series.label}`,
    ]
      .filter((text) => text !== '')
      .join(', '),
    open: ranked.length <= maxOpen,
    rows: ranked.map(({ row, published, setting, standing }) => ({
      method: row.series.method,
      label: row.series.label,
      href: addressOf(methodPaths.get(row.series.method)!),
      standing,
      cells: [
        cellOf(row.estimates.auc),
        changeCell(row.change),
        {
          text: metrics.servingBytes.format(row.estimates.servingBytes.value),
          error: undefined,
          sort: row.estimates.servingBytes.value,
        },
        { text: String(row.runs.length), error: undefined, sort: row.runs.length },
      ],
      setting,
      recording: {
        name: published.folder,
        day: dayOf(published),
        href: addressOf(reportPath(published)),
      },
    })),
    missing: missingText(results),
  };
}

function missingText(results: readonly Result[]): string {
  const missing = results.filter(({ row }) => !isCompleted(row));
  const names = [...new Set(missing.map(({ row }) => `${row.series.label} (${row.status})`))];
  return names.length === 0 ? '' : `Without a number: ${names.join(', ')}.`;
}

function boundText(results: readonly Result[]): string {
  const known = results.flatMap(({ row }) =>
    isCompleted(row) && row.runs[0].quality.bestPossible ? [row.runs[0].quality.bestPossible.auc] : [],
  );
  return known.length === 0 ? '' : `No model could exceed ${formatFixed(known[0])} on these test rows.`;
}
