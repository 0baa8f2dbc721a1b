import { from, op } from 'arquero';
import { baseline } from '../results/comparable.ts';
import type { CompletedRun, FailedRun, InfeasibleRun, RunRecord } from '../results/record.ts';
import { type MetricName, metricNames, metrics } from './metrics.ts';
import { seriesKey } from '../results/series-key.ts';
import type { Series } from './series.ts';
import type { Difference } from './seeds-and-rows.ts';
import { type Estimate, intervalOf, pairedDifference } from './statistics.ts';
import type { TestRows } from './test-rows.ts';
import { trainingSeconds } from './training-time.ts';

export type UnfinishedRun = InfeasibleRun | FailedRun;

interface Row {
  readonly series: Series;
  /** Compression asked for: the budget. */
  readonly requested: number;
}

/** A series at a budget, over its seeds. */
export interface CompletedRow extends Row {
  readonly status: 'completed';
  readonly runs: readonly CompletedRun[];
  /** Seeds asked for that failed; the estimates know nothing of them. */
  readonly lost: readonly UnfinishedRun[];
  readonly achieved: number;
  readonly estimates: Readonly<Record<MetricName, Estimate>>;
  /** AUC minus the baseline's, over the seeds both have. Undefined without a common seed, and for the baseline. */
  readonly change: Estimate | undefined;
  /** The same with the noise of the test rows, where scores were kept. */
  readonly changeOnRows: Difference | undefined;
  /** Of all stages of training; undefined where no record says. */
  readonly trainSeconds: Estimate | undefined;
}

/** A series at a budget for which no seed gave a number. */
export interface MissingRow extends Row {
  readonly status: 'infeasible' | 'failed';
  readonly runs: readonly UnfinishedRun[];
  readonly error: string;
  readonly smallestBytes: number | undefined;
}

export type SummaryRow = CompletedRow | MissingRow;

/** One row per series and budget: budgets rising, within one the best AUC first and rows without a number last. */
export function summarize(
  runs: readonly RunRecord[],
  series: ReadonlyMap<string, Series>,
  testRows?: TestRows,
): SummaryRow[] {
  // Sums depend on the order of their terms in the last bit: a fixed order makes a report the same bytes.
  const sorted = runs.toSorted((a, b) => a.seed - b.seed || (a.id < b.id ? -1 : 1));
  const groups = from(
    sorted.map((run) => ({ series: seriesKey(run), requested: run.compression.requested, run })),
  )
    .groupby('requested', 'series')
    .rollup({ runs: op.array_agg('run') })
    .orderby('requested', 'series')
    .objects() as { series: string; requested: number; runs: RunRecord[] }[];
  const full = groups.find((group) => series.get(group.series)!.method === baseline);
  const around = { full: full === undefined ? [] : completedOf(full.runs), testRows };
  return groups
    .map((group) => summarizeRow(series.get(group.series)!, group.requested, group.runs, around))
    .sort((a, b) => a.requested - b.requested || aucOf(b) - aucOf(a) || compare(a.series.key, b.series.key));
}

export function isCompleted(row: SummaryRow): row is CompletedRow {
  return row.status === 'completed';
}

/** AUC minus the baseline's, with the noise of seeds and, where scores were kept, of test rows. */
export function changeFromFull({ change, changeOnRows }: CompletedRow): Estimate | undefined {
  return changeOnRows === undefined ? change : intervalOf(changeOnRows.overBoth);
}

/** Test AUC of every seed. */
export function aucBySeed(runs: readonly CompletedRun[]): Map<number, number> {
  return new Map(runs.map((run) => [run.seed, run.quality.auc]));
}

function summarizeRow(
  series: Series,
  requested: number,
  runs: readonly RunRecord[],
  { full, testRows }: { full: readonly CompletedRun[]; testRows: TestRows | undefined },
): SummaryRow {
  const completed = completedOf(runs);
  const unfinished = runs.filter((run) => run.status !== 'completed');
  if (completed.length === 0) {
    // A failure is a defect and is shown before an infeasible budget, which is a fact about the method.
    const first = unfinished.find((run) => run.status === 'failed') ?? unfinished[0];
    const smallestBytes = first.status === 'infeasible' ? first.smallestBytes : undefined;
    return {
      series,
      requested,
      status: first.status,
      runs: unfinished,
      error: first.error,
      smallestBytes,
    };
  }
  const isBaseline = series.method === baseline;
  const change = isBaseline ? undefined : pairedDifference(aucBySeed(completed), aucBySeed(full));
  const estimates = Object.fromEntries(metricNames.map((name) => [name, metrics[name].summarize(completed)]));
  return {
    series,
    requested,
    status: 'completed',
    runs: completed,
    lost: unfinished,
    achieved: Math.min(...completed.map((run) => run.compression.achieved)),
    estimates: estimates as Record<MetricName, Estimate>,
    change: change && intervalOf(change),
    changeOnRows: isBaseline ? undefined : testRows?.difference(completed, full),
    trainSeconds: trainingSeconds(completed),
  };
}

function completedOf(runs: readonly RunRecord[]): CompletedRun[] {
  return runs.filter((run) => run.status === 'completed');
}

function aucOf(row: SummaryRow): number {
  return row.status === 'completed' ? row.estimates.auc.value : -1;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
