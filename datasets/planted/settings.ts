import { z } from 'zod';

export const plantedSettings = z.strictObject({
  rows: z.int().min(100).max(1_000_000_000).default(152_433).describe('rows to generate'),
  scale: z.number().positive().max(100).default(1).describe("factor on Kaggle's cardinalities"),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('seed of the generated log'),
  bestAuc: z.number().gt(0.5).lt(0.95).default(0.805).describe('AUC of the true click probability'),
  drift: z.number().min(0).max(1).default(1).describe('change over the week (version 2)'),
  version: z.int().min(1).max(2).default(2).describe('generator; recordings up to November 2026 used 1'),
});
export type PlantedSettings = z.infer<typeof plantedSettings>;
