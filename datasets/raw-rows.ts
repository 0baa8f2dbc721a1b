/** What a raw log is to the preparer, wherever it comes from: a parser of text or a generator. */

/** A missing integer in `RawBlock.integers`; a missing category is token 0, as in DLRM's preprocessing. */
export const missingInteger = -(2 ** 31);

/** Some consecutive rows, by column. The arrays are reused by the next block. */
export interface RawBlock {
  readonly size: number;
  readonly labels: Uint8Array; // [size], 0 or 1
  readonly integers: readonly Int32Array[]; // per dense field [size], missingInteger where empty
  readonly tokens: readonly Uint32Array[]; // per categorical field [size], the 32 bits of the hex token
  /** True click probabilities, where the source knows them. */
  readonly probabilities?: Float32Array; // [size]
}

/** Where rows came from, for the manifest. */
export interface Origin {
  /** A file name, or a generator with its settings. */
  readonly name: string;
  /** Identifies the raw text, decompressed; a generator, which its settings identify, leaves it out. */
  readonly checksum?: string;
  /** Malformed lines that were left out. */
  readonly badLines: number;
  /** What was wrong with the first few of them. */
  readonly firstBadLines: readonly string[];
}

export interface RawSource {
  readonly denseFields: readonly string[];
  readonly fields: readonly string[];
  blocks(): Iterable<RawBlock> | AsyncIterable<RawBlock>;
  /** Asked for once blocks() has ended. */
  origin?(): Origin;
}
