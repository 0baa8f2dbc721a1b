import { z } from 'zod';
import { named } from './named.ts';
import type { TestScores } from './test-scores.ts';
import type { ThroughputRecord } from './throughput-record.ts';

/**
 * The run record: one JSON object per line of results/<recording>/runs.jsonl, appended once, never rewritten. Numbers
 * are stored in full; formatting is the report's business. A failed run has no AUC to read: `status` is a union.
 */

/** What no run can measure is no record: a negative time, an AUC above 1. */
const count = z.int().nonnegative();
const atLeastOne = z.int().positive();
const amount = z.number().nonnegative();
const share = z.number().min(0).max(1);

/** Median and median absolute deviation of `count` samples. */
const spread = z.object({ median: amount, mad: amount, count });
export type Spread = z.infer<typeof spread>;

const scores = z.object({
  auc: share,
  logloss: amount,
  accuracy: share,
  /** logloss / logloss of always predicting the click rate of the same rows (He et al., ADKDD 2014). */
  normalizedEntropy: amount,
  /** sum of predictions / sum of clicks; 1 is calibrated. */
  calibration: amount,
});
export type Scores = z.infer<typeof scores>;

/** Of the rows whose rarest id training has seen about as often: a third of them, but for rows of equal counts. */
const groupScores = z.object({
  group: z.enum(['tail', 'torso', 'head']),
  rows: count,
  clicks: count,
  /** How often training has seen the rarest id of such a row: the least and the most. */
  seen: z.object({ least: count, most: count }),
  /** Absent where the rows are all clicks, or none is. */
  auc: share.optional(),
  logloss: amount,
});
export type GroupScores = z.infer<typeof groupScores>;

const key = {
  /** Identifies what was asked; the same id is never run twice into one recording. */
  id: z.string(),
  recording: z.string(),
  dataset: z.object({
    name: z.string(),
    protocol: z.enum(['temporal', 'random']),
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
  /** Bits that dense layers keep of what they were given for the backward pass, where they do not keep it as it was. */
  activations: atLeastOne.optional(),
  /** Of the network's dense layers, where they are not exact: sbpca:4, streaming batch PCA of rank 4. */
  gradients: z.string().optional(),
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
  /** Hardware, as `machineText` has it; records from before have none. */
  machine: z.string().optional(),
};

/** Serving bytes by what they are. */
const bytes = z.object({
  /** Rows, codebooks' too, at the bits that they are stored in. */
  tables: count,
  /** Of blocks of rows that are stored as integers. */
  scales: count,
  /** Where the floats of sparse tables are. */
  positions: count,
  /** Dense weights: projections, decoders. */
  weights: count,
  /** Integers per id: ranks, sets of ids, signatures. */
  maps: count,
  /** Integers per id that name codewords or clusters. */
  codes: count,
});
export type Bytes = z.infer<typeof bytes>;

const size = z
  .object({
    /** Trainable floats of the embedding layer: tables and its dense weights. */
    parameters: count,
    /** Bytes needed to answer look-ups: payload, dense weights, codebooks, scales, id maps. Hash functions are free. */
    servingBytes: count,
    /** What servingBytes are; records from before have none. */
    bytes: bytes.optional(),
    /** Ids that are told apart to serve the layer, and what their keys take; not in servingBytes. Absent from older records. */
    keys: count.optional(),
    keyBytes: count.optional(),
    /** Keys of all ids, which a full table needs. */
    fullKeyBytes: count.optional(),
    /** Floats, maps and the optimizer's state that the stage of training held that held most. */
    trainingBytes: count,
    fullParameters: count,
    fullBytes: count,
  })
  .refine(({ servingBytes, bytes }) => bytes === undefined || sum(Object.values(bytes)) === servingBytes, {
    path: ['bytes'],
    error: 'do not sum to servingBytes',
  });

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

/** One training of several, or the only one: a search, a pretraining, a conversion. */
const stage = z.object({
  name: z.string(),
  /** With what comes between it and the next: clustering, quantizing. */
  seconds: amount,
  samples: count,
  steps: count,
  /** The embedding layer's floats, frozen ones too, maps, and optimizer state. */
  trainingBytes: count.optional(),
});
export type Stage = z.infer<typeof stage>;

const trainingMemory = z.object({
  /** Rows, weights and maps of the embedding layer. */
  tableBytes: count,
  networkBytes: count,
  /** Of the optimizer. */
  stateBytes: count,
  /** Of weights and biases, the network's and the method's own, or what is kept in their place: the most at once. */
  gradientBytes: count,
  /** What the network's layers keep of what they were given from the forward to the backward pass. */
  layerBytes: amount,
});
const measuredMemory = trainingMemory.extend({
  /** Of the rows that a batch looked up, each as often as it was. */
  rowGradientBytes: count,
  /** What all but the network's layers keeps for the backward pass; neither variables nor ids. */
  otherBytes: count,
});

const completed = z.object({
  ...key,
  status: z.literal('completed'),
  /** Full fp32 bytes / serving bytes, at least 1, with keys in both where `count` says so. `achieved` is never below `requested`. */
  compression: z.object({ requested: z.number().positive(), achieved: z.number().positive() }),
  size,
  /** Of the test part, read once; `validation` is what choices are made on. */
  quality: scores.extend({
    validation: scores,
    /** The best any model could score on the same test rows, where the data set knows the true probabilities. */
    bestPossible: scores.optional(),
    /** Epoch (1-based) that validation AUC chose. */
    epoch: count,
    /** The test rows by how often training has seen their rarest id, the least first; records from before have none. */
    byFrequency: z.array(groupScores).optional(),
  }),
  speed: z.object({
    /** Samples per second within one training step, of all stages; reading data and what comes between steps are outside. */
    trainSamplesPerSecond: spread,
    inferenceSamplesPerSecond: spread,
    /** Ids, not samples, turned into vectors per second by the embedding layer alone: a sample has one per field. */
    lookupsPerSecond: spread,
  }),
  memory: z.object({
    peakRssBytes: count,
    /** What training took by kind, of the stage that took most. Absent from older records. */
    training: z.object({ measured: measuredMemory, expected: trainingMemory }).optional(),
  }),
  /** What training took, one stage after the other; records from before there were stages have none. */
  stages: z.array(stage).optional(),
  /** What the method chose for the budget, in its own words (dims per field, divisors, buckets), for the report. */
  choices: named(z.unknown()),
  /** Training loss by number of samples seen. */
  curve: z.array(z.object({ samples: count, loss: z.number() })),
});

const infeasible = z.object({
  ...key,
  status: z.literal('infeasible'),
  compression: z.object({ requested: z.number().positive() }),
  error: z.string(),
  /** The smallest layer this method can make with these options. */
  smallestBytes: count,
});

const failed = z.object({
  ...key,
  status: z.literal('failed'),
  compression: z.object({ requested: z.number().positive() }),
  error: z.string(),
  /** Training left the numbers: what was asked does so every time. */
  diverged: z.literal(true).optional(),
});

export const runRecord = z.discriminatedUnion('status', [completed, infeasible, failed]);
export type RunRecord = z.infer<typeof runRecord>;
export type CompletedRun = z.infer<typeof completed>;
export type InfeasibleRun = z.infer<typeof infeasible>;
export type FailedRun = z.infer<typeof failed>;

/** Data of training runs, prepared once for all of them. */
const preparedData = z.object({
  name: z.string(),
  protocol: z.enum(['temporal', 'random']),
  fingerprint: z.string(),
  rows: z.object({ train: count, validation: count, test: count }),
  /** Cardinality per field, and other facts of the preparation (min count, order, skipped rows). */
  facts: named(z.unknown()),
});

/** Which command made a half of a recording, and from which code. */
const making = {
  /** As typed after `npm run bench --`, or after `npm run` from `bench:gpu` on. */
  command: z.string(),
  createdAt: z.iso.datetime(),
  /** Of embed-bench itself; null where there is no git. */
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
};

/** environment.json beside runs.jsonl and throughput.jsonl: where and how they were made. */
export const environment = z.object({
  recording: z.string(),
  ...making,
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cpus: z.int(),
  memoryBytes: z.int(),
  /** Of the training runs, as `data`; both are absent where only throughput was measured. */
  backend: z.object({ name: z.string(), version: z.string(), threads: z.int() }).optional(),
  data: preparedData.optional(),
  /** Of the training runs: their budgets hold keys. */
  count: z.literal('keys').optional(),
  /** Of the throughput records: no data set, but random ids. Their backends are in the records. */
  throughput: z
    .object({
      ...making,
      ids: z.object({
        /** How ids were drawn within a field, in words. */
        distribution: z.string(),
        /** In words: Criteo Kaggle's times each record's `scale`. */
        cardinalities: z.string(),
        fields: z.int(),
        denseFields: z.int(),
      }),
      rounds: z.int(),
    })
    .optional(),
  /** What the report calls each method and where to read about it, by method name. */
  methods: named(
    z.object({
      title: z.string(),
      /** Absent from older recordings, as the family is. */
      idea: z.string().optional(),
      family: z.string().optional(),
      /** How an id becomes a vector, in one line. */
      formula: z.string().optional(),
      /** Its options where nothing is set; what the method then decides for itself is absent. */
      defaults: named(z.unknown()).optional(),
      paper: z.object({ cite: z.string(), url: z.string() }),
    }),
  ).optional(),
});
export type Environment = z.infer<typeof environment>;
/** Of a recording that holds training runs. */
export type TrainingEnvironment = Environment & Required<Pick<Environment, 'backend' | 'data'>>;

/** A recording as the report reads it. */
export interface Recording {
  readonly environment: Environment;
  readonly runs: readonly RunRecord[];
  /** Absent where none was measured. */
  readonly throughput?: readonly ThroughputRecord[];
  /** Absent where none were kept; published recordings have none. */
  readonly scores?: TestScores;
}
