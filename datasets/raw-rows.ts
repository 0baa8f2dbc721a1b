/** A raw log as the preparer sees it, wherever it comes from: a parser of text or a generator. */
import type { Pooling } from '../harness/contract/data.ts';

/** A dense column: 32-bit integers, or 32-bit floats. */
export interface DenseColumn {
  readonly name: string;
  readonly kind: 'integer' | 'float';
  /** How its values become the network's input; the run's setting if absent. */
  readonly transform?: DenseTransform;
}

/** `log`: log(x + 1), negative as 0. `raw`: x. `standard`: by mean and deviation of the training part. `buckets`: a category. */
export const denseTransforms = ['log', 'raw', 'standard', 'buckets'] as const;
export type DenseTransform = (typeof denseTransforms)[number];

/** A missing value of a dense column of integers; a column of floats has NaN. */
export const missingInteger = -(2 ** 31);

/** A categorical column. The kind says how a token is written as 32-bit words. */
export interface TokenColumn {
  readonly name: string;
  readonly kind: TokenKind;
  /** `hex`: a log writes its integers of 32 bits in 8 hexadecimal digits. */
  readonly written?: 'hex';
  /** The token of a missing integer of 32 bits; 0 if absent. */
  readonly missing?: number;
  /** A column with several values in a row: how their vectors become one. */
  readonly pool?: Pooling;
}

export { poolings, type Pooling } from '../harness/contract/data.ts';

/** Integers of 32 or 64 bits as they are, and texts by their hashes (text-token.ts). */
export type TokenKind = 'integer32' | 'integer64' | 'text';

/** 32-bit words of a token: one, low and high, or a hash of 64 bits and a second one of 32 that tells collisions apart. */
export const wordsOf: Readonly<Record<TokenKind, number>> = { integer32: 1, integer64: 2, text: 3 };

/** Some consecutive rows, by column. The arrays are reused by the next block. */
export interface RawBlock {
  readonly size: number;
  readonly labels: Uint8Array; // [size], 0 or 1
  /** Weights of the rows, finite and not negative; every row counts once if absent. */
  readonly weights?: Float32Array; // [size]
  readonly dense: readonly DenseValues[]; // per dense column [size]
  /** A missing token is an ordinary token: 0 in Criteo's log, as in DLRM's preprocessing. */
  readonly tokens: readonly Uint32Array[]; // per categorical column [size, words], or [sum of lengths, words] with a pool
  /** Per column with a pool, by its number: the values of every row, at least one (the missing token if there is none). */
  readonly lengths?: readonly (Uint8Array | undefined)[]; // per categorical column [size]
  /** A time of every row in any unit, for splits by time; the order of the log is time if absent. */
  readonly times?: Float64Array; // [size]
  /** The day of all rows of the block, an index into `RawSource.days`; not below that of the block before. */
  readonly day?: number;
  /** The part of every row (index into `parts`), for logs that come split. */
  readonly parts?: Uint8Array; // [size]
  /** 1 for a row of the line of the row before: rows of one line are never in different parts. Each row is a line if absent. */
  readonly sameLine?: Uint8Array; // [size]
  /** True click probabilities, if the source knows them. */
  readonly probabilities?: Float32Array; // [size]
}

/** Int32Array for a column of integers, Float32Array for one of floats. */
export type DenseValues = Int32Array | Float32Array;

/** The origin of the rows, for the manifest. */
export interface Origin {
  /** A file name, or a generator with its settings. */
  readonly name: string;
  /** Identifies the raw text, decompressed; absent for a generator, which its settings identify. */
  readonly checksum?: string;
  /** Malformed lines that were left out. */
  readonly badLines: number;
  /** Descriptions of the first few of them. */
  readonly firstBadLines: readonly string[];
  /** Tokens are taken modulo this number, if the user has asked for it. */
  readonly maxIdsPerField?: number;
  /** Lines with counts: how many became rows, and their sums. */
  readonly counts?: {
    readonly lines: number;
    readonly impressions: number;
    readonly clicks: number;
  };
  /** Side tables, in the order of the schema. */
  readonly sides?: readonly SideFacts[];
  /** The log as read beside what is published of it; absent if nothing is. */
  readonly published?: Comparison;
}

/** A side table that was joined. */
export interface SideFacts {
  /** File name, never a path. */
  readonly file: string;
  /** The column of the log. */
  readonly column: string;
  readonly rows: number;
  /** Bytes of its rows in memory while the log is read. */
  readonly bytes: number;
  /** Lines of the log without a row in it: their values are missing. */
  readonly lacking: number;
}

/** A log as read, compared with what is published of it. */
export interface Comparison {
  /** Kinds of facts that were compared: `md5`, `rows`, `clicks`. */
  readonly compared: readonly string[];
  /** One phrase for each file or part that differs; none if all is as published. */
  readonly differences: readonly string[];
}

export interface RawSource {
  readonly dense: readonly DenseColumn[];
  readonly fields: readonly TokenColumn[];
  /** Names of the days of a log that comes in days, in their order; every block then has its `day`. */
  readonly days?: readonly string[];
  blocks(): Iterable<RawBlock> | AsyncIterable<RawBlock>;
  /** Asked for once blocks() has ended. */
  origin?(): Origin;
}
