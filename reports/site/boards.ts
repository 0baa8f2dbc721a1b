import {
  type DataResults,
  type Leaderboard,
  type RankedResult,
  type Result,
  leaderboards,
} from '../../analysis/leaderboards/results.ts';
import { findingsOf } from '../../analysis/leaderboards/findings.ts';
import type { Published } from '../../analysis/leaderboards/same-data.ts';
import { type SummaryRow, bestPossible, isCompleted } from '../../analysis/summary/rows.ts';
import { plural } from '../../base/plural.ts';
import { type Cell, estimateCell, plainCell } from '../cell.ts';
import { formatChange, formatCount, formatFixed, formatRatio } from '../format.ts';
import { metricText } from '../metric-text.ts';
import { ownSettings, sharedSettings } from '../setting-text.ts';
import { addressOf, reportPath } from './addresses.ts';
import { dayOf } from './published.ts';
import { type Mark, markOf } from './verified-mark.ts';

/** The leaderboards of one data set, one for each budget, as index.hbs reads them. */
export interface DataView {
  readonly id: string;
  readonly heading: string;
  readonly rows: string;
  readonly fingerprint: string;
  /** The settings that all recordings have in common. */
  readonly shared: string;
  /** The best AUC that any model could reach; empty if that is not known. */
  readonly bound: string;
  readonly boards: readonly BoardView[];
}

interface BoardView {
  readonly id: string;
  readonly budget: string;
  readonly note: string;
  /** True for a board that is short enough to stand open. */
  readonly open: boolean;
  readonly rows: readonly {
    readonly method: string;
    /** True for a method's further rows: other options, and other recordings. */
    readonly further: boolean;
    readonly label: string;
    readonly href: string;
    readonly standing: string;
    /** AUC, change from full, serving bytes, seeds. */
    readonly cells: readonly Cell[];
    readonly setting: string;
    readonly recording: { readonly name: string; readonly day: string; readonly href: string };
    /** The mark of this row's runs alone. */
    readonly mark: Mark | undefined;
  }[];
  readonly missing: string;
}

const maxOpen = 14;

export function dataView(
  same: DataResults,
  { heading, index }: { readonly heading: string; readonly index: number },
  methodPaths: ReadonlyMap<string, string>,
): DataView {
  const { data, results, settings } = same;
  const id = `data-${index + 1}`;
  return {
    id,
    heading,
    rows:
      `${formatCount(data.rows.train)} rows to train on, ${formatCount(data.rows.validation)} to validate, ` +
      `${formatCount(data.rows.test)} to test`,
    fingerprint: data.fingerprint,
    shared: sharedSettings(settings),
    bound: boundText(results),
    boards: leaderboards(results).map((board) => boardView(board, same, id, methodPaths)),
  };
}

function boardView(
  { requested, ranked, missing }: Leaderboard,
  { settings, comparisons }: DataResults,
  dataId: string,
  methodPaths: ReadonlyMap<string, string>,
): BoardView {
  const first = firstRows(ranked, findingsOf({ comparisons })?.lead.published);
  return {
    id: `${dataId}-${requested}x`,
    budget: formatRatio(requested),
    note: noteOf(requested, ranked),
    open: ranked.length <= maxOpen,
    rows: ranked.map(({ row, published, setting, badge }) => ({
      method: row.series.method,
      further: !first.has(row),
      label: row.series.label,
      href: addressOf(methodPaths.get(row.series.method)!),
      standing: badge ?? '',
      cells: [
        estimateCell(row.estimates.auc),
        estimateCell(row.change, formatChange),
        plainCell(
          metricText.servingBytes.format(row.estimates.servingBytes.value),
          row.estimates.servingBytes.value,
        ),
        plainCell(String(row.runs.length), row.runs.length),
      ],
      setting: ownSettings(settings, setting),
      recording: {
        name: published.folder,
        day: dayOf(published),
        href: addressOf(reportPath(published)),
      },
      mark: markOf(published, row.runs),
    })),
    missing: missingText(missing),
  };
}

function noteOf(requested: number, ranked: readonly RankedResult[]): string {
  const parts = [...(requested === 1 ? ['uncompressed'] : []), plural(ranked.length, 'result')];
  if (ranked.length > 0) {
    const [{ row }] = ranked;
    parts.push(`highest ${formatFixed(row.estimates.auc.value)}`, row.series.label);
  }
  return parts.join(', ');
}

function missingText(missing: readonly Result[]): string {
  const names = [...new Set(missing.map(({ row }) => `${row.series.label} (${row.status})`))];
  return names.length === 0 ? '' : `Without a number: ${names.join(', ')}.`;
}

function boundText(results: readonly Result[]): string {
  const best = bestPossible(results.map(({ row }) => row).filter(isCompleted));
  return best === undefined ? '' : `No model could exceed ${formatFixed(best.auc)} on these test rows.`;
}

/**
 * The one row of each method: of the recording that compares most methods if that has it, else of the newest; of several variants the
 * first by the text of its options. No score picks it.
 */
function firstRows(ranked: readonly RankedResult[], lead: Published | undefined): ReadonlySet<SummaryRow> {
  const rank = ({ published }: RankedResult) => `${published === lead ? 1 : 0} ${published.recording.environment.createdAt}`; // prettier-ignore
  const first = new Map<string, RankedResult>();
  for (const result of ranked) {
    const { method, key } = result.row.series;
    const known = first.get(method);
    if (
      known === undefined ||
      rank(result) > rank(known) ||
      (rank(result) === rank(known) && key < known.row.series.key)
    )
      first.set(method, result);
  }
  return new Set([...first.values()].map(({ row }) => row));
}
