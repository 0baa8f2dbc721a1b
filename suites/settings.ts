import { z } from 'zod';
import { optimizerRules } from '../harness/contract/backend.ts';
import { protocols } from '../harness/contract/data.ts';

const ratio = z.number().min(1);
const widths = z.array(z.int().min(1)).min(1);

/** A comparison as a user asks for it. Everything that decides a number is in here, and nothing else. */
export const comparisonSettings = z.strictObject({
  suite: z.string(),
  dataset: z.strictObject({
    name: z.string(),
    /** Path of the raw log; none for data sets that make their own. */
    data: z.string().optional(),
    protocol: z.enum(protocols).default('temporal'),
    minCount: z.int().min(1).default(1),
    idOrder: z.enum(['frequency', 'first-seen']).default('frequency'),
    logTransform: z.boolean().default(true),
    maxBadLines: z.int().min(0).default(0),
    /** planted: rows to make, and Kaggle's cardinalities times this. */
    rows: z.int().min(100).optional(),
    scale: z.number().positive().optional(),
  }),
  methods: z
    .array(z.strictObject({ name: z.string(), options: z.record(z.string(), z.unknown()).default({}) }))
    .min(1),
  compressions: z.array(ratio).min(1),
  seeds: z.array(z.int().min(0)).min(1),
  /** Whether the uncompressed table is trained too. */
  baseline: z.boolean().default(true),
  model: z.string().default('dlrm'),
  bottom: widths.default([512, 256, 64]),
  top: widths.default([512, 256]),
  dim: z.int().min(1).default(16),
  batchSize: z.int().min(1).default(256),
  batchOrder: z.enum(['log', 'shuffled']).default('shuffled'),
  epochs: z.int().min(1).default(1),
  optimizer: z.enum(optimizerRules).default('adagrad'),
  learningRate: z.number().positive().optional(),
  backend: z.string(),
  threads: z.int().min(1).optional(),
});
export type ComparisonSettings = z.infer<typeof comparisonSettings>;
