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
  /** True if the machine decides it: a row has it of its runs on one machine alone, see `timedOn`. */
  readonly timed?: true;
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
  trainSpeed: speed((run) => run.speed.trainSamplesPerSecond),
  inferenceSpeed: speed((run) => run.speed.inferenceSamplesPerSecond),
  lookupSpeed: speed((run) => run.speed.lookupsPerSecond),
  peakRssBytes: { better: 'lower', slack: sizeSlack, summarize: largest((run) => run.memory.peakRssBytes) },
} as const satisfies Record<string, Metric>;

/** The metrics that a row lacks if none of its runs was made on the machine whose speeds are shown. */
export type TimedMetric = {
  [Name in MetricName]: (typeof metrics)[Name] extends { timed: true } ? Name : never;
}[MetricName];

export type Estimates = Readonly<
  Record<Exclude<MetricName, TimedMetric>, Estimate> & Record<TimedMetric, Estimate | undefined>
>;

/** `timedRuns`: those of the runs that were made on the machine whose speeds are shown. */
export function estimatesOf(runs: readonly CompletedRun[], timedRuns: readonly CompletedRun[]): Estimates {
  const entries = metricNames.map((name) => {
    const { timed, summarize }: Metric = metrics[name];
    if (!timed) return [name, summarize(runs)];
    return [name, timedRuns.length === 0 ? undefined : summarize(timedRuns)];
  });
  return Object.fromEntries(entries) as Estimates;
}

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
function speed(of: (run: CompletedRun) => Spread) {
  const summarize: Metric['summarize'] = (runs) => {
    const medians = runs.map((run) => of(run).median);
    const inside = median(runs.map((run) => of(run).mad));
    return {
      value: median(medians),
      error: Math.max(inside, medianAbsoluteDeviation(medians)),
      count: runs.length,
    };
  };
  return { better: 'higher', slack: 0, timed: true, summarize } as const;
}
