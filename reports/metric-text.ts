import type { MetricName } from '../analysis/summary/metrics.ts';
import { formatBytes, formatCount, formatFixed } from './format.ts';

/** The texts of a metric on pages. */
export interface MetricText {
  readonly label: string;
  /** The column's tooltip. */
  readonly meaning: string;
  readonly format: (value: number) => string;
}

export const metricText = {
  auc: {
    label: 'Test AUC',
    meaning: 'area under the ROC curve on the test part, mean ± 95 % interval over seeds',
    format: formatFixed,
  },
  logloss: {
    label: 'Logloss',
    meaning: 'binary cross-entropy on the test part, mean ± 95 % interval over seeds',
    format: formatFixed,
  },
  parameters: {
    label: 'Parameters',
    meaning: 'trainable floats of the embedding layer',
    format: formatCount,
  },
  servingBytes: {
    label: 'Serving',
    meaning: 'bytes needed to answer lookups, as the budget counts them',
    format: formatBytes,
  },
  trainingBytes: {
    label: 'Training',
    meaning: 'bytes of floats, maps and optimizer state during training, in the stage that holds most',
    format: formatBytes,
  },
  trainSpeed: {
    label: 'Train step /s',
    meaning: 'samples per second within the steps of training, of all stages; median ± MAD',
    format: formatCount,
  },
  inferenceSpeed: {
    label: 'Inference /s',
    meaning: 'samples per second of scoring, median ± MAD',
    format: formatCount,
  },
  lookupSpeed: {
    label: 'Lookup /s',
    meaning:
      'ids turned into vectors per second by the embedding layer alone, fields times samples; median ± MAD',
    format: formatCount,
  },
  peakRssBytes: {
    label: 'Peak RSS',
    meaning: 'largest resident memory of a run’s process',
    format: formatBytes,
  },
} as const satisfies Record<MetricName, MetricText>;
