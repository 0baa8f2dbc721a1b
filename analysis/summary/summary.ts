import { from, op } from 'arquero';
import type { CompletedRun, RunRecord } from '../../results/record.ts';
import { baseline } from '../comparisons/comparable.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import { intervalOf, pairedDifference } from '../statistics/estimates.ts';
import type { TestRows } from '../statistics/test-rows.ts';
import { costsOf } from './costs.ts';
import { estimatesOf } from './metrics.ts';
import { type SummaryRow, aucBySeed } from './rows.ts';
import type { Series } from './series.ts';
import { sizesOf } from './unfinished.ts';
import { trainingSeconds } from './training-time.ts';

export interface Summarizing {
  /** The test rows that differences are paired over. */
  readonly testRows?: TestRows | undefined;
  /** Runs that changes are measured from; those of the baseline's series if absent. */
  readonly baselineRuns?: readonly CompletedRun[];
  /** True for runs of the machine whose speeds are shown; all of them if absent. */
  readonly isTimed?: (run: RunRecord) => boolean;
}

/** One row per series and budget: budgets rising, within one the best AUC first and rows without a number last. */
export function summarize(
  runs: readonly RunRecord[],
  series: ReadonlyMap<string, Series>,
  { testRows, baselineRuns, isTimed = () => true }: Summarizing = {},
): SummaryRow[] {
  if (runs.length === 0) return []; // references alone, or trials of learning rates alone
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
  const reference = { baselineRuns: baselineRuns ?? completedOf(full?.runs ?? []), testRows, isTimed };
  return groups
    .map((group) => summarizeRow(series.get(group.series)!, group.requested, group.runs, reference))
    .sort((a, b) => a.requested - b.requested || aucOf(b) - aucOf(a) || compare(a.series.key, b.series.key));
}

function summarizeRow(
  series: Series,
  requested: number,
  runs: readonly RunRecord[],
  {
    baselineRuns,
    testRows,
    isTimed,
  }: Omit<Required<Summarizing>, 'testRows'> & Pick<Summarizing, 'testRows'>,
): SummaryRow {
  const completed = completedOf(runs);
  const unfinished = runs.filter((run) => run.status !== 'completed');
  if (completed.length === 0) {
    // A failure is a defect and is shown before a budget that is infeasible or memory that is too small, which are facts.
    const first = unfinished.find((run) => run.status === 'failed') ?? unfinished[0];
    const { status, error } = first;
    return { series, requested, status, runs: unfinished, error, ...sizesOf(first) };
  }
  const isBaseline = series.method === baseline;
  const change = isBaseline ? undefined : pairedDifference(aucBySeed(completed), aucBySeed(baselineRuns));
  const timedRuns = completed.filter(isTimed);
  return {
    series,
    requested,
    status: 'completed',
    runs: completed,
    timedRuns,
    lost: unfinished,
    achieved: Math.min(...completed.map((run) => run.compression.achieved)),
    estimates: estimatesOf(completed, timedRuns),
    change: change && intervalOf(change),
    changeOnRows: isBaseline ? undefined : testRows?.difference(completed, baselineRuns),
    trainSeconds: trainingSeconds(timedRuns),
    costs: costsOf(completed, timedRuns),
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
