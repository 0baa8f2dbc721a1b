import type { CostName } from '../analysis/summary/costs.ts';
import { formatBytes, formatFixed } from './format.ts';
import type { MetricText } from './metric-text.ts';
import { secondsText } from './training-time-text.ts';

/** The texts of a cost on pages and in tables. */
export const costText = {
  passes: {
    label: 'Passes',
    meaning: 'samples of all stages of training, divided by the rows of the training part; median over seeds',
    format: (value) => formatFixed(value, 1),
  },
  trainSeconds: {
    label: 'Train time',
    meaning:
      'seconds of training from beginning to end, all stages and what comes between them, median over seeds',
    format: secondsText,
  },
  trainingMemory: {
    label: 'Training memory',
    meaning:
      'measured bytes of tables, network, optimizer, gradients and saved activations, in the stage that holds most; the largest of all seeds',
    format: formatBytes,
  },
  bytesWithKeys: {
    label: 'With keys',
    meaning: 'serving bytes and 4 bytes for every id that is told apart from the others of its field',
    format: formatBytes,
  },
} as const satisfies Record<CostName, MetricText>;
