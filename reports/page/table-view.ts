import type { RateChoice } from '../../analysis/comparisons/chosen-rate.ts';
import { isBestIn } from '../../analysis/summary/fronts.ts';
import type { MetricName } from '../../analysis/summary/metrics.ts';
import { type CompletedRow, type SummaryRow, budgetsOf, isCompleted } from '../../analysis/summary/rows.ts';
import { type Ranking, badgeOf, rowVerdict, standingName } from '../../analysis/verdicts/ranking.ts';
import { countedFullBytes } from '../../results/counted-bytes.ts';
import type { Environment } from '../../results/environment.ts';
import { formatBytes, formatRatio } from '../format.ts';
import { metricText } from '../metric-text.ts';
import { needsText } from '../unfinished-view.ts';
import { methodWords } from './method-words.ts';
import { symbolOf } from './symbols.ts';
import { type CellView, type Column, columnsFor } from './table-columns.ts';

/** The table of all numbers, as summary-table.hbs reads it. Text is unescaped; the template escapes it. */
export interface TableView {
  /** Id of the note above the table. */
  readonly note: string;
  /** The number of columns, the method's name included. */
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
  /** Text that the filter searches. */
  readonly words: string;
  /** The row's verdict, for the filter. */
  readonly standing: string;
  /** The row's distinction: "best", "highest" for a leader that is not shown to be it, "equivalent" or "undecided". */
  readonly badge: string | undefined;
  /** Short remarks: a reference; not shown to beat the linear model. */
  readonly marks: readonly string[];
  readonly cells: readonly CellView[];
  /** The status and the reason that a row without a number shows instead of cells. */
  readonly missing: { readonly status: string; readonly error: string } | undefined;
  readonly lost: string | undefined;
}

/** Metrics in which the best row of a budget is marked; sizes are given by the budget. */
const contested: readonly MetricName[] = ['logloss', 'trainSpeed', 'inferenceSpeed', 'lookupSpeed'];

export function tableView(
  rows: readonly SummaryRow[],
  rankings: readonly Ranking[],
  {
    id,
    environment,
    rates,
    anchors,
    marks,
  }: {
    readonly id: string;
    readonly environment: Environment;
    readonly rates: readonly RateChoice[];
    readonly anchors: ReadonlyMap<string, string>;
    readonly marks: (row: SummaryRow) => readonly string[];
  },
): TableView {
  const shown = columnsFor(rows.filter(isCompleted), rates);
  const firstRun = rows.find(isCompleted)?.runs[0];
  const fullBytes = firstRun && countedFullBytes(firstRun);
  const budgets = budgetsOf(rows).map((requested) => {
    const members = rows.filter((row) => row.requested === requested);
    return {
      heading: formatRatio(requested),
      note: budgetNote(requested, fullBytes),
      rows: members.map((row) => rowView(row, { members, shown, rankings, environment, anchors, marks })),
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

interface TableContext {
  /** The rows of the same budget. */
  readonly members: readonly SummaryRow[];
  readonly shown: readonly Column[];
  readonly rankings: readonly Ranking[];
  readonly environment: Environment;
  readonly anchors: ReadonlyMap<string, string>;
  readonly marks: (row: SummaryRow) => readonly string[];
}

function rowView(
  row: SummaryRow,
  { members, shown, rankings, environment, anchors, marks }: TableContext,
): RowView {
  const rivals = members.filter(isCompleted);
  return {
    label: row.series.label,
    anchor: anchors.get(row.series.method)!,
    symbol: symbolOf(row.series),
    title: environment.methods?.[row.series.method]?.title,
    words: methodWords(row.series, environment.methods),
    standing: standingName(rowVerdict(row, rankings)),
    badge: badgeOf(row, rankings),
    marks: marks(row),
    cells: isCompleted(row)
      ? shown.map(({ label, cell }) => ({ ...cell(row), best: isBest(label, row, rivals) }))
      : [],
    missing: isCompleted(row) ? undefined : { status: row.status, error: missingText(row) },
    lost: isCompleted(row) ? lostText(row) : undefined,
  };
}

function isBest(column: string, row: CompletedRow, rivals: readonly CompletedRow[]): boolean {
  const name = contested.find((candidate) => metricText[candidate].label === column);
  return name !== undefined && rivals.length > 1 && isBestIn(name, row, rivals);
}

function lostText({ lost }: CompletedRow): string | undefined {
  if (lost.length === 0) return undefined;
  const failed = lost.every(({ status }) => status === 'failed');
  return `${lost.length} more ${failed ? 'failed' : 'without a number'}`;
}

function missingText(row: Exclude<SummaryRow, CompletedRow>): string {
  const needs = needsText(row);
  return needs === undefined ? row.error : `needs ${needs}`;
}
