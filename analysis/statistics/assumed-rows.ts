import { hanleyMcNeil } from './hanley-mcneil.ts';

/**
 * The variance over test rows of a difference of two methods, as a share of the variance of one AUC: assumed where neither
 * scores nor covariances were kept. Measured: 0.003 (a table and its own quantization) to 0.084 (a table and hashing), median 0.05.
 */
const assumedShare = 0.06;

/** Variance to assume of a difference, from an AUC like those compared and the test rows' number and share of clicks. */
export function assumedRowVariance(auc: number, rows: number, clickRate: number): number | undefined {
  const clicks = Math.round(rows * clickRate);
  if (!(clicks > 0 && clicks < rows)) return undefined;
  return assumedShare * hanleyMcNeil(auc, clicks, rows - clicks);
}
