/**
 * The data that the harness reads: encoded columns of a click log, in batches. datasets/ provides them; the harness never sees
 * a raw log.
 */

/** A categorical column. Ids are 0 .. cardinality-1. */
export interface Field {
  readonly name: string;
  /** Number of ids, the out-of-vocabulary id included if there is one. */
  readonly cardinality: number;
  /** How often each id occurs in the training part, length `cardinality`. Validation and test are never counted. */
  readonly counts: Uint32Array;
  /** A field with one value or more in a sample: how their vectors become one. All values are counted. */
  readonly pool?: Pooling;
  /** Ids are hashes of tokens: serving stores no keys to find them. */
  readonly hashed?: true;
}

export const poolings = ['sum', 'mean'] as const;
export type Pooling = (typeof poolings)[number];

export const parts = ['train', 'validation', 'test'] as const;
export type Part = (typeof parts)[number];

/** Rows of a log, side by side. The arrays may be reused by the next batch: copy what must outlive it. */
export interface Batch {
  readonly size: number;
  readonly dense: Float32Array; // [size, denseFields]
  /** The first value of every field, then rows of further values, if fields are pooled. */
  readonly ids: Uint32Array; // [size + further.rows, fields], row-major
  /** Present if fields are pooled. */
  readonly further?: FurtherValues;
  readonly labels: Float32Array; // [size], 0 or 1
  /** Weights of the rows in the loss; every row counts once if absent. */
  readonly weights?: Float32Array; // [size]
}

/**
 * The values of pooled fields beyond the first of each sample. They fill the columns of their fields from row `size` of
 * `Batch.ids` on. The cells that are left over in these rows repeat the ids of the first samples in the same columns: their
 * vectors are not used, their gradient is zero, and no id is looked up that the batch does not have.
 */
export interface FurtherValues {
  /** Rows of ids after the first `size`: as many as the fullest field has further values. */
  readonly rows: number;
  /** The pooled fields, in their order. */
  readonly fields: readonly FurtherOfField[];
}

export interface FurtherOfField {
  readonly field: number;
  readonly pool: Pooling;
  /** The sample of each further value, ascending. */
  readonly samples: Uint32Array; // [values]
}

export interface BatchOptions {
  readonly batchSize: number;
  /**
   * Without it, rows come in the order of the log. With it, the order of the batches is shuffled (each batch stays
   * a contiguous slice of the log, so that reading streams); the same number gives the same order.
   */
  readonly shuffle?: number;
  /** Batches at the beginning of this order that are left out, and not read: 0 if absent. */
  readonly from?: number;
}

export interface Data {
  readonly name: string;
  readonly protocol: Protocol;
  /** Identifies rows, split, and encoding: two runs with the same fingerprint saw the same numbers. */
  readonly fingerprint: string;
  readonly rows: Readonly<Record<Part, number>>;
  readonly denseFields: readonly string[];
  readonly fields: readonly Field[];
  /** Every row of the part exactly once, but for batches that are left out; the last batch may be smaller. */
  batches(part: Part, options: BatchOptions): Iterable<Batch>;
  /** All labels of a part, in the order of the log. */
  labels(part: Part): Uint8Array;
  /** All weights of a part, in the order of the log; undefined if rows have none. */
  weights?(part: Part): Float32Array | undefined;
  /** The true click probabilities of a part in the order of the log, if the data set knows them. */
  trueProbabilities(part: Part): Float32Array | undefined;
  close(): void;
}

/**
 * `temporal`: train on the first part of time, validate and test on the last. `random`: 8:1:1. `given`: parts that come with the
 * log. `rolling`: train on days 1 to k, validate and test on day k + 1. Never compared with each other.
 */
export const protocols = ['temporal', 'random', 'given', 'rolling'] as const;
export type Protocol = (typeof protocols)[number];
