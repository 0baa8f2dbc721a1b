import { z } from 'zod';
import { amount, count, share } from './quantities.ts';

export const scores = z.object({
  auc: share,
  logloss: amount,
  accuracy: share,
  /** logloss / logloss of always predicting the click rate of the same rows (He et al., ADKDD 2014). */
  normalizedEntropy: amount,
  /** sum of predictions / sum of clicks; 1 is calibrated. */
  calibration: amount,
});
export type Scores = z.infer<typeof scores>;

/** Scores on about a third of the test rows: those whose rarest ids are about equally frequent in the training part. */
export const groupScores = z.object({
  group: z.enum(['tail', 'torso', 'head']),
  rows: count,
  clicks: count,
  /** The lowest and the highest frequency of the rarest id of such a row. */
  seen: z.object({ least: count, most: count }),
  /** Absent if all rows are clicks, or none is. */
  auc: share.optional(),
  logloss: amount,
});
export type GroupScores = z.infer<typeof groupScores>;
