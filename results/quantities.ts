import { z } from 'zod';

/**
 * The ranges of numbers in records: a record with a value that no run can measure (a negative time, an AUC above 1) is
 * refused.
 */

export const count = z.int().nonnegative();
export const atLeastOne = z.int().positive();
export const amount = z.number().nonnegative();
export const share = z.number().min(0).max(1);

/** Median and median absolute deviation of `count` samples. */
export const spread = z.object({ median: amount, mad: amount, count });
export type Spread = z.infer<typeof spread>;
