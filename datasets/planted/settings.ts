import { z } from 'zod';

/** `scale` multiplies Kaggle's cardinalities; `bestAuc` is the AUC that the true click probability reaches. */
export const plantedSettings = z.strictObject({
  rows: z.int().min(1).max(1_000_000_000).default(152_433),
  seed: z.int().min(0).max(0xffffffff).default(1),
  scale: z.number().positive().max(10).default(1),
  bestAuc: z.number().gt(0.5).lt(0.95).default(0.805),
});
export type PlantedSettings = z.infer<typeof plantedSettings>;
