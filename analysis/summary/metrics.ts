import { countedBytes } from '../../results/counted-bytes.ts';
import type { Spread } from '../../results/quantities.ts';
import type { CompletedRun } from '../../results/record.ts';
import { type Estimate, meanInterval, median, medianAbsoluteDeviation } from '../statistics/estimates.ts';

/**
 * One measured quantity. The direction is data, so that the Pareto front, "best" and the sort order of a table need no
 * special case. A new metric is a new entry of `metrics`, and of its texts in reports/metric-text.ts.
 */
export interface Metric {
  readonly better: 'higher' | 'lower';
  /** Values this close, relative to each other, count as equal on a Pareto front. */
  readonly slack: number;
  /** One number for the seeds of a row. */
  readonly summarize: (runs: readonly CompletedRun[]) => Estimate;
}

/** Methods fill a budget to within a few rows: a layer that is smaller by that has no merit. */
const sizeSlack = 0.05;

export type MetricName = keyof typeof metrics;

export const metrics = {
  auc: { better: 'higher', slack: 0, summarize: overSeeds((run) => run.quality.auc) },
  logloss: { better: 'lower', slack: 0, summarize: overSeeds((run) => run.quality.logloss) },
  parameters: { better: 'lower', slack: sizeSlack, summarize: largest((run) => run.size.parameters) },
  servingBytes: { better: 'lower', slack: sizeSlack, summarize: largest(countedBytes) },
  trainingBytes: { better: 'lower', slack: sizeSlack, summarize: largest((run) => run.size.trainingBytes) },
  trainSpeed: { better: 'higher', slack: 0, summarize: timed((run) => run.speed.trainSamplesPerSecond) },
  inferenceSpeed: {
    better: 'higher',
    slack: 0,
    summarize: timed((run) => run.speed.inferenceSamplesPerSecond),
  },
  lookupSpeed: { better: 'higher', slack: 0, summarize: timed((run) => run.speed.lookupsPerSecond) },
  peakRssBytes: { better: 'lower', slack: sizeSlack, summarize: largest((run) => run.memory.peakRssBytes) },
} as const satisfies Record<string, Metric>;

export const metricNames = Object.keys(metrics) as MetricName[];

/** True if `a` is strictly the better value. */
export function isBetter({ better }: Pick<Metric, 'better'>, a: number, b: number): boolean {
  return better === 'higher' ? a > b : a < b;
}

/** Mean with its 95 % interval. */
function overSeeds(of: (run: CompletedRun) => number): Metric['summarize'] {
  return (runs) => meanInterval(runs.map(of));
}

/** Sizes hardly vary; where they do (peak memory), the largest is what a machine must have. */
function largest(of: (run: CompletedRun) => number): Metric['summarize'] {
  return (runs) => ({ value: Math.max(...runs.map(of)), error: undefined, count: runs.length });
}

/** Median of the runs' medians; the deviation is the larger of that inside a run and that between runs. */
function timed(of: (run: CompletedRun) => Spread): Metric['summarize'] {
  return (runs) => {
    const medians = runs.map((run) => of(run).median);
    const inside = median(runs.map((run) => of(run).mad));
    return {
      value: median(medians),
      error: Math.max(inside, medianAbsoluteDeviation(medians)),
      count: runs.length,
    };
  };
}
