import { z } from 'zod';
import { named } from './named.ts';
import { pluginRecord } from './plugin-record.ts';

/**
 * The throughput record: one JSON object per line of throughput.jsonl in a recording's folder, one for each configuration
 * and batch size. Ratios are not stored: they are medians over the rounds that two records of one measurement share.
 */

/**
 * The speed of one kind of work, per second: median and median absolute deviation over all `count` samples, and the median
 * of each round. Round i of all records of a measurement with one batch size was timed within the same minute.
 */
const rate = z.object({
  /** Training steps in a sample: one on the CPU; on a GPU, a stream of steps that the process waits for at its end. */
  stepsPerSample: z.int().default(1),
  median: z.number(),
  mad: z.number(),
  count: z.int(),
  rounds: z.array(z.number()),
  /**
   * The same speed of `full` on the same backend and threads, in turns shortly before and after each round. Absent with few methods,
   * and in records before December 2026: the rounds of the record of `full` stand beside it then.
   */
  baseline: z.array(z.number()).optional(),
});
export type Rate = z.infer<typeof rate>;

const profile = z.object({
  steps: z.int(),
  /** Milliseconds of a whole step, mean over the profiled steps; the clock itself slows them a little. */
  milliseconds: z.number(),
  /** Mean calls and milliseconds per step, without inner calls. */
  entries: z.array(z.object({ name: z.string(), calls: z.number(), milliseconds: z.number() })),
  /** Milliseconds outside of all entries; on a GPU, whose kernels may overlap, it can be below zero. */
  rest: z.number(),
  /**
   * Milliseconds in which the process submits a step, while the card computes earlier ones. Present on a GPU, whose
   * entries are times of kernels on its own clock.
   */
  asking: z.number().optional(),
});
export type ThroughputProfile = z.infer<typeof profile>;

const key = {
  /** Identifies what was asked. */
  id: z.string(),
  recording: z.string(),
  /** The same for all records whose rounds were timed in turn; only those have ratios. */
  measurement: z.string(),
  /** The model's title; absent in records from before there were others: DLRM. */
  model: z.string().optional(),
  /** The model's options in a few characters; of DLRM its hidden layers, bottom/top: 512-256-64/512-256. */
  network: z.string(),
  dim: z.int(),
  optimizer: z.string(),
  /** See the run record. */
  hostRows: z.literal(true).optional(),
  batchSize: z.int(),
  threads: z.int(),
  /** The device that computes. A process that submits work to a GPU counts as one thread. */
  device: z.enum(['cpu', 'gpu']).default('cpu'),
  /** True if a software driver stood in for the GPU: its times mean nothing. */
  software: z.boolean().optional(),
  /** Criteo Kaggle's cardinalities times this. */
  scale: z.number(),
  /** Rows of an uncompressed table of all fields. */
  ids: z.int(),
  /** The time at which the measurement began. */
  startedAt: z.iso.datetime(),
};

const ours = {
  kind: z.literal('method'),
  method: z.string(),
  options: named(z.unknown()),
  /** See the run record. */
  plugins: z.array(pluginRecord).readonly().optional(),
  backend: z.string(),
  backendVersion: z.string(),
  ...key,
};

const peer = {
  kind: z.literal('peer'),
  name: z.string(),
  version: z.string(),
  /** Version of the Python it runs in. */
  python: z.string(),
  /** The library that multiplies matrices: MKL, openblas, ... */
  blas: z.string(),
  /** `graphs`: compiled, and captured in CUDA graphs. */
  mode: z.enum(['eager', 'compiled', 'graphs']),
  /** Precision of matrix products; the tables and everything else are fp32. */
  precision: z.enum(['fp32', 'tf32']).default('fp32'),
  /** The graphics card and its driver, where it computes. */
  card: z.string().optional(),
  /** Threads of PyTorch's own operations, and of its matrix products; `threads` is the larger. */
  operationThreads: z.int(),
  blasThreads: z.int(),
  ...key,
};

const size = z.object({
  servingBytes: z.int(),
  /** Rows and the optimizer's state of them, as they lie in memory. */
  tableBytes: z.int(),
  fullBytes: z.int(),
});

const requested = z.object({ requested: z.number() });

const methodRecord = z.discriminatedUnion('status', [
  z.object({
    ...ours,
    status: z.literal('completed'),
    compression: z.object({ requested: z.number(), achieved: z.number() }),
    size,
    /** Samples per second. */
    train: rate,
    inference: rate,
    /** Ids turned into vectors per second by the embedding layer alone. */
    lookups: rate,
    /** Samples per second if a training step were its matrix products alone, on the same backend and threads. Absent if it has none. */
    bound: rate.optional(),
    profile: profile.optional(),
  }),
  z.object({
    ...ours,
    status: z.literal('infeasible'),
    compression: requested,
    error: z.string(),
    smallestBytes: z.int(),
  }),
  z.object({ ...ours, status: z.literal('failed'), compression: requested, error: z.string() }),
]);

const peerRecord = z.discriminatedUnion('status', [
  z.object({ ...peer, status: z.literal('completed'), train: rate, inference: rate }),
  z.object({ ...peer, status: z.literal('failed'), error: z.string() }),
]);

export const throughputRecord = z.discriminatedUnion('kind', [methodRecord, peerRecord]);
export type ThroughputRecord = z.infer<typeof throughputRecord>;
export type MethodThroughput = z.infer<typeof methodRecord>;
export type PeerThroughput = z.infer<typeof peerRecord>;
export type CompletedMethod = Extract<MethodThroughput, { status: 'completed' }>;
export type CompletedPeer = Extract<PeerThroughput, { status: 'completed' }>;
