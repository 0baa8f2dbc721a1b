import { countedBytes } from '../results/counted-bytes.ts';
import type { CompletedRun, Spread } from '../results/record.ts';
import { formatBytes, formatCount, formatFixed } from './format.ts';
import { type Estimate, meanInterval, median, medianAbsoluteDeviation } from './statistics.ts';

/**
 * One measured quantity. The direction is data, so that the Pareto front, "best" and the sort order of a table need
 * no special case; adding a metric is adding an entry to `metrics`.
 */
export interface Metric {
  readonly label: string;
  /** In words, for the column's tooltip. */
  readonly meaning: string;
  readonly better: 'higher' | 'lower';
  /** Values this close, relative to each other, count as equal on a Pareto front. */
  readonly slack: number;
  /** Over the seeds of one row. */
  readonly summarize: (runs: readonly CompletedRun[]) => Estimate;
  readonly format: (value: number) => string;
}

/** Methods fill a budget to within a few rows: being smaller by that is no merit. */
const sizeSlack = 0.05;

export type MetricName = keyof typeof metrics;

export const metrics = {
  auc: {
    label: 'Test AUC',
    meaning: 'area under the ROC curve on the test part, mean ± 95 % interval over seeds',
    better: 'higher',
    slack: 0,
    summarize: overSeeds((run) => run.quality.auc),
    format: formatFixed,
  },
  logloss: {
    label: 'Logloss',
    meaning: 'binary cross-entropy on the test part, mean ± 95 % interval over seeds',
    better: 'lower',
    slack: 0,
    summarize: overSeeds((run) => run.quality.logloss),
    format: formatFixed,
  },
  parameters: {
    label: 'Parameters',
    meaning: 'trainable floats of the embedding layer',
    better: 'lower',
    slack: sizeSlack,
    summarize: largest((run) => run.size.parameters),
    format: formatCount,
  },
  servingBytes: {
    label: 'Serving',
    meaning: 'bytes needed to answer look-ups, as the budget counts them',
    better: 'lower',
    slack: sizeSlack,
    summarize: largest(countedBytes),
    format: formatBytes,
  },
  trainingBytes: {
    label: 'Training',
    meaning: 'floats, maps and optimizer state that training holds, of the stage that holds most',
    better: 'lower',
    slack: sizeSlack,
    summarize: largest((run) => run.size.trainingBytes),
    format: formatBytes,
  },
  trainSpeed: {
    label: 'Train step /s',
    meaning: 'samples per second within the steps of training, of all stages; median ± MAD',
    better: 'higher',
    slack: 0,
    summarize: timed((run) => run.speed.trainSamplesPerSecond),
    format: formatCount,
  },
  inferenceSpeed: {
    label: 'Inference /s',
    meaning: 'samples per second of scoring, median ± MAD',
    better: 'higher',
    slack: 0,
    summarize: timed((run) => run.speed.inferenceSamplesPerSecond),
    format: formatCount,
  },
  lookupSpeed: {
    label: 'Look-up /s',
    meaning:
      'ids turned into vectors per second by the embedding layer alone, fields times samples; median ± MAD',
    better: 'higher',
    slack: 0,
    summarize: timed((run) => run.speed.lookupsPerSecond),
    format: formatCount,
  },
  peakRssBytes: {
    label: 'Peak RSS',
    meaning: 'largest resident memory of a run’s process',
    better: 'lower',
    slack: sizeSlack,
    summarize: largest((run) => run.memory.peakRssBytes),
    format: formatBytes,
  },
} as const satisfies Record<string, Metric>;

export const metricNames = Object.keys(metrics) as MetricName[];

/** Whether `a` is strictly the better value. */
export function isBetter({ better }: Pick<Metric, 'better'>, a: number, b: number): boolean {
  return better === 'higher' ? a > b : a < b;
}

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
