import { type RowNoise, type Noise, noiseOf } from '../verdicts/noise.ts';
import { type CompletedRow, aucBySeed, compressedBudgets } from '../summary/rows.ts';
import type { PaperClaim } from './claim.ts';

type Metric = Exclude<PaperClaim['metric'], 'other'>;

/** The share of the variance of one score that a difference of two methods has over test rows where nothing was kept of them. */
const sharedOverRows = 0.06;

/**
 * The largest variance that the logloss of one row can have under a calibrated prediction p: p (1 - p) ln²(p / (1 - p)), at
 * p = 0.083.
 */
const mostLoglossVariance = 0.44;

/** A metric by seed, with its sign changed where lower is better: a larger number is always the better one. */
export function metricBySeed({ runs }: CompletedRow, metric: Metric): Map<number, number> {
  if (metric === 'auc') return aucBySeed(runs);
  const sign = metric === 'logloss' ? -1 : 1;
  return new Map(runs.map((run) => [run.seed, sign * run.quality[metric]]));
}

/**
 * The noise of differences of a metric among the rows of a comparison, pooled over its budgets as that of AUC is. What was kept of
 * test rows is about AUC: for other metrics a share of the variance of one score is assumed, the same that is assumed for AUC.
 */
export function metricNoise(
  rows: readonly CompletedRow[],
  metric: Metric,
  { auc, testRows }: { readonly auc: Noise; readonly testRows: number },
): Noise {
  if (metric === 'auc') return auc;
  const budgets = compressedBudgets(rows).map((one) => rows.filter(({ requested }) => requested === one));
  return noiseOf(budgets, assumedRows(rows, metric, testRows), undefined, (row) => metricBySeed(row, metric));
}

function assumedRows(rows: readonly CompletedRow[], metric: Metric, testRows: number): RowNoise {
  if (rows.length === 0) return {};
  const { accuracy } = rows[0].runs[0].quality;
  const ofOneRow = metric === 'accuracy' ? accuracy * (1 - accuracy) : mostLoglossVariance;
  return { assumed: (sharedOverRows * ofOneRow) / testRows };
}
