import type { Scores } from '../../results/quality-record.ts';
import type { CompletedRun, FailedRun, InfeasibleRun, TooLargeRun } from '../../results/record.ts';
import { baseline } from '../comparisons/comparable.ts';
import { type Estimate, intervalOf } from '../statistics/estimates.ts';
import type { Difference } from '../statistics/seeds-and-rows.ts';
import type { CostName } from './costs.ts';
import type { Estimates } from './metrics.ts';
import type { Series } from './series.ts';

export type UnfinishedRun = InfeasibleRun | TooLargeRun | FailedRun;

interface Row {
  readonly series: Series;
  /** Compression that was asked for: the budget. */
  readonly requested: number;
}

/** A series at a budget, summarized over its seeds. */
export interface CompletedRow extends Row {
  readonly status: 'completed';
  readonly runs: readonly CompletedRun[];
  /** Those of the runs that times and speeds are of: made on the machine whose speeds are shown. */
  readonly timedRuns: readonly CompletedRun[];
  /** Runs that gave no number; the estimates do not include them. */
  readonly lost: readonly UnfinishedRun[];
  /** The smallest compression that a seed achieved. */
  readonly achieved: number;
  /** Speeds are undefined if no run was made on the machine whose speeds are shown. */
  readonly estimates: Estimates;
  /** AUC minus the baseline's, over the seeds both have. Undefined without a common seed, and for the baseline. */
  readonly change: Estimate | undefined;
  /** The same with the noise of the test rows; undefined if scores were not kept. */
  readonly changeOnRows: Difference | undefined;
  /** Seconds of all stages of training; undefined if no record of a timed run has them. */
  readonly trainSeconds: Estimate | undefined;
  /** Costs that older records may lack. */
  readonly costs: Readonly<Record<CostName, Estimate | undefined>>;
}

/** A series at a budget for which no seed gave a number. */
export interface MissingRow extends Row {
  readonly status: UnfinishedRun['status'];
  readonly runs: readonly UnfinishedRun[];
  readonly error: string;
  /** The smallest layer that the method can make; undefined unless infeasible. */
  readonly smallestBytes: number | undefined;
  /** The memory that the run would take, and what there was; undefined unless too large. */
  readonly memory: NeededMemory | undefined;
}

/** Bytes of memory of a run that is too large. */
export type NeededMemory = Pick<TooLargeRun, 'neededBytes' | 'limitBytes'>;

export type SummaryRow = CompletedRow | MissingRow;

export function isCompleted(row: SummaryRow): row is CompletedRow {
  return row.status === 'completed';
}

export function isBaseline({ series }: Pick<SummaryRow, 'series'>): boolean {
  return series.method === baseline;
}

/** The row of the uncompressed tables; undefined if none of its runs completed. */
export function baselineRow(rows: readonly SummaryRow[]): CompletedRow | undefined {
  return rows.filter(isCompleted).find(isBaseline);
}

/** Every compression that was asked for once, in the order of the rows. */
export function budgetsOf(rows: readonly Pick<SummaryRow, 'requested'>[]): number[] {
  return [...new Set(rows.map(({ requested }) => requested))];
}

/** The same without 1x, which compresses nothing. */
export function compressedBudgets(rows: readonly Pick<SummaryRow, 'requested'>[]): number[] {
  return budgetsOf(rows).filter((requested) => requested > 1);
}

/** AUC minus the baseline's, with the noise of seeds and, where scores were kept, of test rows. */
export function changeFromFull({ change, changeOnRows }: CompletedRow): Estimate | undefined {
  return changeOnRows === undefined ? change : intervalOf(changeOnRows.overBoth);
}

/** Half-widths of the 95 % intervals of AUC minus the baseline's. Undefined if scores were not kept. */
export function rowIntervals({ changeOnRows }: CompletedRow): { rows: Estimate; both: Estimate } | undefined {
  if (changeOnRows === undefined) return undefined;
  return { rows: intervalOf(changeOnRows.overRows), both: intervalOf(changeOnRows.overBoth) };
}

/** Test AUC by seed. */
export function aucBySeed(runs: readonly CompletedRun[]): Map<number, number> {
  return new Map(runs.map((run) => [run.seed, run.quality.auc]));
}

/** The best scores that any model could reach on the test rows; undefined if the data set does not know them. */
export function bestPossible(rows: readonly CompletedRow[]): Scores | undefined {
  return rows.map((row) => row.runs[0].quality.bestPossible).find((scores) => scores !== undefined);
}
