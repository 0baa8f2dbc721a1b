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

export interface SketchEntry {
  readonly id: number;
  readonly score: number;
  readonly row: number;
}

/**
 * The state of a sketch: buckets, and in the last word the score from which on an id gets a row. An id is only ever in the
 * bucket it is hashed to. A slot's number is the place of its id among the words.
 */
export class SketchState {
  readonly words: Uint32Array;
  readonly floats: Float32Array;
  readonly buckets: number;
  private readonly seed: number;

  /** Takes the words as they are. */
  constructor(words: Uint32Array, seed: number) {
    this.words = words;
    this.floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    this.buckets = Math.floor(words.length / bucketWords);
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
    for (let first = 0; first < this.buckets * bucketWords; first += bucketWords)
      for (let slot = first; slot < first + slotsPerBucket; slot++)
        if (this.words[slot] !== none) yield this.entryAt(slot);
  }

  private entryAt(slot: number): SketchEntry {
    return {
      id: this.words[slot],
      score: this.floats[slot + scoreAt],
      row: this.words[slot + rowAt],
    };
  }
}

/** The words of a sketch as they are stored, 48 bytes to a bucket and 4. Made when they are first read, empty. */
export function sketchMap(buckets: number): IdMap {
  const length = bucketWords * buckets + 1;
  return idMap(length, 32, () => emptied(new Uint32Array(length)));
}

/** Empties all slots, and sets the threshold to 0. */
export function emptied(words: Uint32Array): Uint32Array {
  words.fill(none);
  for (let first = 0; first + bucketWords < words.length; first += bucketWords)
    words.fill(0, first + scoreAt, first + scoreAt + slotsPerBucket);
  words[words.length - 1] = 0;
  return words;
}
