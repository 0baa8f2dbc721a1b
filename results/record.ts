import { z } from 'zod';
import { protocols } from '../harness/contract/data.ts';
import { named } from './named.ts';
import { pluginRecord } from './plugin-record.ts';
import { groupScores, scores } from './quality-record.ts';
import { amount, atLeastOne, count, spread } from './quantities.ts';
import { size } from './size-record.ts';
import { measuredMemory, practice, stage, trainingMemory } from './training-record.ts';

/**
 * The run record: one JSON object per line of runs.jsonl in a recording's folder, appended once, never rewritten. Numbers
 * are stored in full; pages format them. A failed run has no AUC to read: `status` is a union.
 */

const key = {
  /** Identifies what was asked; the same id is never run twice into one recording. */
  id: z.string(),
  recording: z.string(),
  dataset: z.object({
    name: z.string(),
    protocol: z.enum(protocols),
    fingerprint: z.string(),
    rows: z.object({ train: count, validation: count, test: count }),
  }),
  method: z.string(),
  options: named(z.unknown()),
  model: z.string(),
  /** The model's options in a few characters; of DLRM its hidden layers, bottom/top: 512-256-64/512-256. */
  network: z.string(),
  backend: z.string(),
  threads: atLeastOne,
  optimizer: z.string(),
  /** Rows were in the run's JavaScript because the backend lacks the optimizer: its speed is that of both. */
  hostRows: z.literal(true).optional(),
  learningRate: z.number().positive(),
  /** Bits in which dense layers save their inputs for the backward pass; absent if they save them exactly. */
  activations: atLeastOne.optional(),
  /** Estimate of the gradients of dense layers, such as sbpca:4 (streaming batch PCA of rank 4); absent if they are exact. */
  gradients: z.string().optional(),
  ...practice.shape,
  /**
   * The reference that the run is of, whose settings are others than those of the comparison that it stands in: the linear model, full
   * tables with the epochs of the costliest method, dense features alone. Absent from the runs of methods.
   */
  reference: z.string().optional(),
  /** The budget holds the keys of ids that are told apart, and so do the full table's bytes; absent: neither does. */
  count: z.literal('keys').optional(),
  batchSize: atLeastOne,
  /** Training batches in the order of the log, or shuffled with the seed. */
  batchOrder: z.enum(['log', 'shuffled']),
  epochs: atLeastOne,
  dim: atLeastOne,
  seed: count,
  startedAt: z.iso.datetime(),
  seconds: amount,
  /** Hardware as `machineText` writes it; absent from older records. */
  machine: z.string().optional(),
  /** Plug-ins that the method, the model or the data set came from; absent if all are this project's own. */
  plugins: z.array(pluginRecord).readonly().optional(),
};

const completed = z.object({
  ...key,
  status: z.literal('completed'),
  /** Full fp32 bytes / serving bytes, at least 1, with keys in both where `count` says so. `achieved` is never below `requested`. */
  compression: z.object({ requested: z.number().positive(), achieved: z.number().positive() }),
  size,
  /** Scores on the test part, read once; choices are made on `validation`. */
  quality: scores.extend({
    validation: scores,
    /** The best any model could score on the same test rows, where the data set knows the true probabilities. */
    bestPossible: scores.optional(),
    /** Epoch (1-based) that validation AUC chose. */
    epoch: count,
    /** The test rows in groups by the frequency of their rarest id, rising; absent from older records. */
    byFrequency: z.array(groupScores).optional(),
  }),
  speed: z.object({
    /** Samples per second within one training step, over all stages; reading data and the work between steps are outside. */
    trainSamplesPerSecond: spread,
    inferenceSamplesPerSecond: spread,
    /** Ids, not samples, turned into vectors per second by the embedding layer alone: a sample has one per field. */
    lookupsPerSecond: spread,
  }),
  memory: z.object({
    peakRssBytes: count,
    /** Bytes that training holds by kind, in the stage that holds most. Absent from older records. */
    training: z.object({ measured: measuredMemory, expected: trainingMemory }).optional(),
  }),
  /** The stages of training in their order; absent from older records. */
  stages: z.array(stage).optional(),
  /** Parameters that the method resolved for the budget (dims per field, divisors, buckets), under names of its own. */
  choices: named(z.unknown()),
  /** Training loss by number of samples seen. */
  curve: z.array(z.object({ samples: count, loss: z.number() })),
  /**
   * Processes of the run before its last one, which were interrupted, and whose training that one went on from, bit by bit. Seconds are
   * those of all of them up to the checkpoints that were used. Absent if one process did everything.
   */
  resumed: atLeastOne.optional(),
  /** Why there were no checkpoints where the time for one had come, or one was not used; absent without such a reason. */
  checkpointNotes: z.array(z.string()).optional(),
});

const infeasible = z.object({
  ...key,
  status: z.literal('infeasible'),
  compression: z.object({ requested: z.number().positive() }),
  error: z.string(),
  /** The smallest layer this method can make with these options. */
  smallestBytes: count,
});

/** Training was not begun, because it would take more memory than there is: a result, as infeasible is, on one machine. */
const tooLarge = z.object({
  ...key,
  status: z.literal('too large'),
  compression: z.object({ requested: z.number().positive() }),
  error: z.string(),
  /** An estimate of the most memory that the run's process would take at once (METHODOLOGY, section 4.5). */
  neededBytes: count,
  /** The memory that the process could have: the machine's, the container's or `--memory`, divided among `--jobs`. */
  limitBytes: count,
});

const failed = z.object({
  ...key,
  status: z.literal('failed'),
  compression: z.object({ requested: z.number().positive() }),
  error: z.string(),
  /** Training gave a value that is not finite: the same settings do so every time. */
  diverged: z.literal(true).optional(),
});

export const runRecord = z.discriminatedUnion('status', [completed, infeasible, tooLarge, failed]);
export type RunRecord = z.infer<typeof runRecord>;
export type CompletedRun = z.infer<typeof completed>;
export type InfeasibleRun = z.infer<typeof infeasible>;
export type TooLargeRun = z.infer<typeof tooLarge>;
export type FailedRun = z.infer<typeof failed>;
