import { z } from 'zod';
import { protocols } from '../harness/contract/data.ts';
import { named } from './named.ts';
import { practice } from './training-record.ts';
import { atLeastOne, count } from './quantities.ts';

/** The data of training runs, prepared once for all of them. */
const preparedData = z.object({
  name: z.string(),
  protocol: z.enum(protocols),
  fingerprint: z.string(),
  rows: z.object({ train: count, validation: count, test: count }),
  /** Cardinality per field, and other facts of the preparation (min count, order, skipped rows). */
  facts: named(z.unknown()),
});

/** The command that made a half of a recording, and its code. */
const making = {
  /** The text typed after `npm run bench --`, or after `npm run` where it begins with `bench:gpu`. */
  command: z.string(),
  createdAt: z.iso.datetime(),
  /** Commit of embed-bench itself; null if there is no git. */
  commit: z.string().nullable(),
  dirty: z.boolean().nullable(),
};

/** A kind of machine: hardware, system, and the backend as it works there. */
const machine = {
  node: z.string(),
  platform: z.string(),
  cpu: z.string(),
  cpus: z.int(),
  memoryBytes: z.int(),
  /** The backend of the training runs. It and `data` are absent if only throughput was measured. */
  backend: z.object({ name: z.string(), version: z.string(), threads: z.int() }).optional(),
};

/** environment.json beside runs.jsonl and throughput.jsonl: the machine, the code and the data that made them. */
export const environment = z.object({
  recording: z.string(),
  ...making,
  version: z.string(),
  /** The text that `--note` gave; absent without one. */
  note: z.string().optional(),
  /** The machine that began the recording: that of records which name none. */
  ...machine,
  /** Other kinds of machines that made training runs; absent without any. Records name theirs. */
  machines: z.array(z.object(machine)).optional(),
  data: preparedData.optional(),
  /** Present where the budgets of training runs hold keys. */
  count: z.literal('keys').optional(),
  /** Methods that the command added as references, or would have added if they were not among the methods asked for. */
  references: z.array(z.string()).optional(),
  /** The bounds of the search for the largest compression of each method that is at most the margin below the uncompressed tables. */
  target: z.object({ margin: z.number(), least: z.number(), most: z.number(), steps: atLeastOne }).optional(),
  /** Settings of training that are on, the same for all runs of the command but those of references. */
  training: practice.optional(),
  /** The random ids on which throughput was measured. Its backends are in the records. */
  throughput: z
    .object({
      ...making,
      ids: z.object({
        /** The distribution of ids within a field, in words. */
        distribution: z.string(),
        /** The cardinalities in words: Criteo Kaggle's times each record's `scale`. */
        cardinalities: z.string(),
        fields: z.int(),
        denseFields: z.int(),
      }),
      rounds: z.int(),
    })
    .optional(),
  /** Title and paper of each method, by its name. */
  methods: named(
    z.object({
      title: z.string(),
      /** Absent from older recordings, as the family is. */
      idea: z.string().optional(),
      family: z.string().optional(),
      /** The formula from an id to its vector, in one line. */
      formula: z.string().optional(),
      /** Differences from the paper and their reasons; absent from older recordings. */
      departures: z
        .array(z.object({ what: z.string(), why: z.string() }))
        .readonly()
        .optional(),
      /** Default options; an option that the method decides for itself is absent. */
      defaults: named(z.unknown()).optional(),
      paper: z.object({ cite: z.string(), url: z.string() }),
    }),
  ).optional(),
});
export type Environment = z.infer<typeof environment>;
export type Machine = NonNullable<Environment['machines']>[number];
/** The environment of a recording that holds training runs. */
export type TrainingEnvironment = Environment & Required<Pick<Environment, 'backend' | 'data'>>;
