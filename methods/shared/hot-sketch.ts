import { none } from '../../harness/contract/backend.ts';
import { mix32 } from '../../harness/contract/mix.ts';

/** Slots of a bucket. */
export const slotsPerBucket = 4;

/** What a sketch knows, four slots to a bucket: arrays that others may store and fill again. */
export interface SketchState {
  readonly ids: Uint32Array; // `none` where the slot is empty
  readonly scores: Float32Array;
  readonly rows: Uint32Array; // `none` where the id has no row
  /** Score from which on an id gets a row: [1]. */
  readonly threshold: Float32Array;
}

export interface SketchRules {
  /** Rows there are to give away: 0 .. hotRows - 1. */
  readonly hotRows: number;
  /** Score from which on an id gets one, to begin with. */
  readonly threshold: number;
  readonly seed: number;
}

/**
 * HotSketch (Zhang et al., CAFE, SIGMOD 2024, section 3.2): the ids with the largest sums of weights in a stream, in
 * constant memory, and the rows that the hottest of them own. An id is only ever in the bucket it is hashed to; a new one
 * there replaces the least of those that own no row and inherits its score, so that scores are never too low
 * (SpaceSaving, Metwally et al. 2005).
 */
export class HotSketch {
  private readonly ids: Uint32Array;
  private readonly scores: Float32Array;
  private readonly rows: Uint32Array;
  private readonly limit: Float32Array;
  private readonly rules: SketchRules;
  private readonly buckets: number;
  private readonly free: Uint32Array; // a stack
  private freeRows: number;
  /** Slots that were over the threshold without a row when a weight was added. */
  private readonly risen: number[] = [];
  /** Slots at or above the threshold, now and when rows were last taken back. */
  private above = 0;
  private aboveBefore = 0;

  /** Starts empty, whatever the arrays hold. */
  constructor({ ids, scores, rows, threshold }: SketchState, rules: SketchRules) {
    if (ids.length % slotsPerBucket > 0 || scores.length !== ids.length || rows.length !== ids.length)
      throw new RangeError('a sketch has ids, scores and rows for every slot of its buckets');
    this.ids = ids;
    this.scores = scores;
    this.rows = rows;
    this.rules = rules;
    this.limit = threshold;
    this.limit[0] = rules.threshold;
    this.buckets = ids.length / slotsPerBucket;
    this.free = Uint32Array.from({ length: rules.hotRows }, (_, i) => rules.hotRows - 1 - i);
    this.freeRows = rules.hotRows;
    ids.fill(none);
    scores.fill(0);
    rows.fill(none);
  }

  get threshold(): number {
    return this.limit[0];
  }

  /** A fifth more ids are at or above the threshold than there are rows, or than there were when it was last fitted. */
  get crowded(): boolean {
    return this.above > 1.2 * Math.max(this.rules.hotRows, this.aboveBefore);
  }

  /** Of an id, -1 where it is not kept. */
  slotOf(id: number): number {
    return slotOf(this.ids, this.rules.seed, id);
  }

  add(id: number, weight: number): void {
    const { ids, scores, rows } = this;
    const first = bucketOf(id, this.rules.seed, this.buckets) * slotsPerBucket;
    let slot = -1;
    let least = -1;
    for (let at = first; at < first + slotsPerBucket; at++) {
      if (ids[at] === id) {
        slot = at;
        break;
      }
      // Empty slots have the score 0. An id that owns a row gives way to a decay, not to a newcomer.
      if (rows[at] === none && (least === -1 || scores[at] < scores[least])) least = at;
    }
    const known = slot !== -1;
    if (!known) {
      if (least === -1) return;
      slot = least;
      ids[slot] = id;
    }
    const before = scores[slot];
    scores[slot] = before + weight;
    if (scores[slot] < this.threshold) return;
    if (before < this.threshold) this.above++;
    // What a newcomer inherits is not its own: it has to be seen again.
    if (known && rows[slot] === none && this.freeRows > 0) this.risen.push(slot);
  }

  /** Gives free rows to ids that have risen to the threshold. Which, and what they got. */
  promote(): { ids: Uint32Array; rows: Uint32Array } {
    const promoted = this.risen.splice(0).filter((slot) => {
      if (this.freeRows === 0 || this.rows[slot] !== none || this.scores[slot] < this.threshold) return false;
      this.rows[slot] = this.free[--this.freeRows];
      return true;
    });
    return {
      ids: Uint32Array.from(promoted, (slot) => this.ids[slot]),
      rows: Uint32Array.from(promoted, (slot) => this.rows[slot]),
    };
  }

  /** Multiplies all scores. Ids that fall below the threshold lose their rows. */
  decay(kept: number): void {
    const { scores } = this;
    for (let slot = 0; slot < scores.length; slot++) scores[slot] *= kept;
    this.demote();
  }

  /**
   * Puts the threshold where as many ids are at or above it as there are rows, which go from those below to those above
   * at the next promote() (CAFE+, TOIS 2025). It never falls.
   */
  fitThreshold(): void {
    const { scores } = this;
    const { hotRows } = this.rules;
    if (hotRows < scores.length)
      this.limit[0] = Math.max(this.threshold, scores.slice().sort()[scores.length - hotRows]);
    this.demote();
    this.risen.length = 0;
    const { rows, threshold } = this;
    for (let slot = 0; slot < scores.length; slot++)
      if (scores[slot] >= threshold && rows[slot] === none) this.risen.push(slot);
  }

  private demote(): void {
    const { scores, rows, threshold } = this;
    this.above = 0;
    for (let slot = 0; slot < scores.length; slot++) {
      if (scores[slot] >= threshold) this.above++;
      else if (rows[slot] !== none) {
        this.free[this.freeRows++] = rows[slot];
        rows[slot] = none;
      }
    }
    this.aboveBefore = this.above;
  }
}

/** Where a stored sketch has an id, -1 where nowhere. */
export function slotOf(ids: Uint32Array, seed: number, id: number): number {
  const first = bucketOf(id, seed, ids.length / slotsPerBucket) * slotsPerBucket;
  for (let slot = first; slot < first + slotsPerBucket; slot++) if (ids[slot] === id) return slot;
  return -1;
}

function bucketOf(id: number, seed: number, buckets: number): number {
  return mix32(id ^ seed) % buckets;
}
