import { none } from '../../harness/contract/backend.ts';
import { idMap, type IdMap } from '../../harness/contract/indices.ts';
import { mix32 } from '../../base/hash.ts';

/** Slots of a bucket. */
export const slotsPerBucket = 4;

/**
 * Words of a bucket: the ids of its slots, `none` where they are empty; their scores, as 32-bit floats; and the rows that
 * the ids own, `none` where they own none. Side by side, because they are looked at together: 48 bytes.
 */
export const bucketWords = 3 * slotsPerBucket;
export const scoreAt = slotsPerBucket;
export const rowAt = 2 * slotsPerBucket;

/** Words of a bucket of a front stage, which also has the time when a slot was last touched: 64 bytes. */
export const frontWords = 4 * slotsPerBucket;

export interface SketchEntry {
  readonly id: number;
  readonly score: number;
  readonly row: number;
}

/**
 * The state of a sketch: buckets, those of a front stage behind them if there is one, and in the last word the score from which on
 * an id gets a row. An id is only ever in the bucket it is hashed to. A slot's number is the place of its id among the words.
 */
export class SketchState {
  readonly words: Uint32Array;
  readonly floats: Float32Array;
  readonly buckets: number;
  private readonly seed: number;

  readonly frontBuckets: number;
  /** First word of the front stage. */
  readonly frontAt: number;

  /** Takes the words as they are. */
  constructor(words: Uint32Array, seed: number, frontBuckets = 0) {
    this.words = words;
    this.floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    this.buckets = Math.floor((words.length - frontBuckets * frontWords) / bucketWords);
    this.frontBuckets = frontBuckets;
    this.frontAt = this.buckets * bucketWords;
    this.seed = seed;
  }

  get threshold(): number {
    return this.floats[this.floats.length - 1];
  }

  set threshold(score: number) {
    this.floats[this.floats.length - 1] = score;
  }

  /** First slot of the bucket of an id. */
  bucketOf(id: number): number {
    return (mix32(id ^ this.seed) % this.buckets) * bucketWords;
  }

  /** First slot of the bucket of an id in the front stage. */
  frontBucketOf(id: number): number {
    return this.frontAt + (mix32(id ^ ~this.seed) % this.frontBuckets) * frontWords;
  }

  /** Slot of an id, -1 if the sketch does not hold it. */
  slotOf(id: number): number {
    const first = this.bucketOf(id);
    for (let slot = first; slot < first + slotsPerBucket; slot++) if (this.words[slot] === id) return slot;
    return -1;
  }

  /** The entry of an id, undefined if the sketch does not hold it. */
  entryOf(id: number): SketchEntry | undefined {
    const slot = this.slotOf(id);
    return slot === -1 ? undefined : this.entryAt(slot);
  }

  /** Entries of all slots that are not empty. */
  *entries(): Generator<SketchEntry> {
    for (const slot of this.slots()) if (this.words[slot] !== none) yield this.entryAt(slot);
  }

  /** All slots, without those of a front stage. */
  *slots(): Generator<number> {
    for (let first = 0; first < this.frontAt; first += bucketWords)
      for (let slot = first; slot < first + slotsPerBucket; slot++) yield slot;
  }

  private entryAt(slot: number): SketchEntry {
    return {
      id: this.words[slot],
      score: this.floats[slot + scoreAt],
      row: this.words[slot + rowAt],
    };
  }
}

/** Buckets of the front stage of a sketch of so many buckets. */
export const frontBucketsOf = (buckets: number, front: number): number => Math.floor(front * buckets);

/**
 * The words of a sketch as they are stored, 48 bytes to a bucket, 64 to one of the front stage, and 4. Made when they are
 * first read, empty. `front`: share of the buckets that are the front stage.
 */
export function sketchMap(buckets: number, front = 0): IdMap {
  const inFront = frontBucketsOf(buckets, front);
  const length = bucketWords * (buckets - inFront) + frontWords * inFront + 1;
  return idMap(length, 32, () => emptied(new Uint32Array(length), buckets - inFront));
}

/** Empties all slots of so many buckets, and sets the threshold to 0. A front stage empties itself. */
export function emptied(words: Uint32Array, buckets: number): Uint32Array {
  words.fill(none);
  for (let first = 0; first < buckets * bucketWords; first += bucketWords)
    words.fill(0, first + scoreAt, first + scoreAt + slotsPerBucket);
  words[words.length - 1] = 0;
  return words;
}
