import type { RateChoice } from '../../results/chosen-rate.ts';
import { countedFullBytes } from '../../results/counted-bytes.ts';
import type { Environment } from '../../results/record.ts';
import { type Claim, standingOf } from '../claims.ts';
import { formatBytes, formatRatio } from '../format.ts';
import { type MetricName, isBetter, metrics } from '../metrics.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from '../summary.ts';
import { methodWords } from './method-words.ts';
import { symbolOf } from './symbols.ts';
import { type CellView, type Column, columnsFor } from './table-columns.ts';

/** What summary-table.hbs reads. Text is unescaped; the template escapes it. */
export interface TableView {
  /** Id of the note above the table. */
  readonly note: string;
  /** Columns with the method's name. */
  readonly width: number;
  readonly columns: readonly { label: string; meaning: string }[];
  readonly budgets: readonly { heading: string; note: string; rows: readonly RowView[] }[];
}

interface RowView {
  readonly label: string;
  /** Id of the card of its method. */
  readonly anchor: string;
  readonly symbol: string;
  readonly title: string | undefined;
  /** For the filter, as is its standing. */
  readonly words: string;
  readonly standing: string;
  /** For the highest AUC of a budget: "best", "tied", or "highest" where one seed cannot say more. */
  readonly badge: string | undefined;
  readonly cells: readonly CellView[];
  /** Instead of cells, for a row without a number. */
  readonly missing: { readonly status: string; readonly error: string } | undefined;
  readonly lost: string | undefined;
}

/** Metrics in which the best row of a budget stands out; sizes are given by the budget. */
const contested: readonly MetricName[] = ['logloss', 'trainSpeed', 'inferenceSpeed', 'lookupSpeed'];

export function tableView(
  rows: readonly SummaryRow[],
  claims: readonly Claim[],
  {
    id,
    environment,
    rates,
    anchors,
  }: {
    readonly id: string;
    readonly environment: Environment;
    readonly rates: readonly RateChoice[];
    readonly anchors: ReadonlyMap<string, string>;
  },
): TableView {
  const shown = columnsFor(rows.filter(isCompleted), rates);
  const some = rows.find(isCompleted)?.runs[0];
  const fullBytes = some && countedFullBytes(some);
  const budgets = [...new Set(rows.map((row) => row.requested))].map((requested) => {
    const members = rows.filter((row) => row.requested === requested);
    return {
      heading: formatRatio(requested),
      note: budgetNote(requested, fullBytes),
      rows: members.map((row) => rowView(row, { members, shown, claims, environment, anchors })),
    };
  });
  return {
    note: `${id}-table`,
    width: shown.length + 1,
    columns: shown.map(({ label, meaning }) => ({ label, meaning })),
    budgets,
  };
}

function budgetNote(requested: number, fullBytes: number | undefined): string {
  if (requested === 1) return 'uncompressed';
  return fullBytes === undefined ? '' : `at most ${formatBytes(fullBytes / requested)}`;
}

/** What a row is seen with. */
interface Around {
  /** Of its budget. */
  readonly members: readonly SummaryRow[];
  readonly shown: readonly Column[];
  readonly claims: readonly Claim[];
  readonly environment: Environment;
  readonly anchors: ReadonlyMap<string, string>;
}

function rowView(row: SummaryRow, { members, shown, claims, environment, anchors }: Around): RowView {
  const winners = claims.find((claim) => claim.winners.has(row))?.winners;
  const rivals = members.filter(isCompleted);
  return {
    label: row.series.label,
    anchor: anchors.get(row.series.method)!,
    symbol: symbolOf(row.series),
    title: environment.methods?.[row.series.method]?.title,
    words: methodWords(row.series, environment.methods),
    standing: standingOf(row, claims),
    badge: winners === undefined || rivals.length < 2 ? undefined : badgeOf(row, winners),
    cells: isCompleted(row)
      ? shown.map(({ label, cell }) => ({ ...cell(row), best: isBest(label, row, rivals) }))
      : [],
    missing: isCompleted(row) ? undefined : { status: row.status, error: missingText(row) },
    lost: isCompleted(row) && row.lost.length > 0 ? `${row.lost.length} more failed` : undefined,
  };
}

function badgeOf(row: SummaryRow, winners: ReadonlySet<SummaryRow>): string {
  if (winners.size > 1) return 'tied';
  return row.runs.length === 1 ? 'highest' : 'best';
}

function isBest(column: string, row: CompletedRow, rivals: readonly CompletedRow[]): boolean {
  const name = contested.find((candidate) => metrics[candidate].label === column);
  if (name === undefined || rivals.length < 2) return false;
  const value = row.estimates[name].value;
  return !rivals.some((rival) => isBetter(metrics[name], rival.estimates[name].value, value));
}

function missingText(row: Exclude<SummaryRow, CompletedRow>): string {
  return row.smallestBytes === undefined ? row.error : `needs at least ${formatBytes(row.smallestBytes)}`;
}
