import { none } from '../../harness/contract/backend.ts';
import type { Remembered, StepMemory } from '../../harness/contract/step-memory.ts';
import { bucketWords, emptied, rowAt, scoreAt, type SketchState, slotsPerBucket } from './sketch-state.ts';

export interface SketchRules {
  /** Number of rows to give away: 0 .. hotRows - 1. */
  readonly hotRows: number;
  /** Score at which an id gets one, at first. */
  readonly threshold: number;
}

/** Finds the ids with the largest sums of weights in a stream, and says which of them own rows. */
export interface Sketch extends StepMemory {
  readonly threshold: number;
  /** True if so many ids are at or above the threshold that it should rise. */
  readonly crowded: boolean;
  add(id: number, weight: number): void;
  /** Ids that have got rows since the last call, and their rows. */
  promote(): { ids: Uint32Array; rows: Uint32Array };
  decay(factor: number): void;
  fitThreshold(): void;
}

/**
 * HotSketch (Zhang et al., CAFE, SIGMOD 2024, section 3.2): the ids with the largest sums of weights in a stream, in
 * constant memory, and the rows that the hottest of them own. A new id replaces the least of its bucket that owns no row
 * and inherits its score, so that scores are never too low (SpaceSaving, Metwally et al. 2005).
 */
export class HotSketch implements Sketch {
  private readonly state: SketchState;
  private readonly hotRows: number;
  private free: Uint32Array; // a stack
  private freeRows: number;
  /** Slots at or above the threshold that had no row when a weight was added. */
  private readonly risen: number[] = [];
  /** Slots at or above the threshold, now and when rows were last taken back. */
  private above = 0;
  private aboveBefore = 0;

  /** Resets the state: the sketch starts empty. */
  constructor(state: SketchState, { hotRows, threshold }: SketchRules) {
    this.state = state;
    this.hotRows = hotRows;
    this.free = Uint32Array.from({ length: hotRows }, (_, i) => hotRows - 1 - i);
    this.freeRows = hotRows;
    emptied(state.words, state.buckets);
    state.threshold = threshold;
  }

  get threshold(): number {
    return this.state.threshold;
  }

  /** Ids that have risen were told by promote(): none is left. */
  read(): Remembered {
    const { free, freeRows, above, aboveBefore } = this;
    return { free, freeRows, above, aboveBefore };
  }

  write({ free, freeRows, above, aboveBefore }: Remembered): void {
    this.free = free as Uint32Array;
    [this.freeRows, this.above, this.aboveBefore] = [freeRows, above, aboveBefore] as number[];
  }

  /** A fifth more ids are at or above the threshold than there are rows, or than there were when it was last fitted. */
  get crowded(): boolean {
    return this.above > 1.2 * Math.max(this.hotRows, this.aboveBefore);
  }

  add(id: number, weight: number): void {
    const { words, floats } = this.state;
    const first = this.state.bucketOf(id);
    let slot = -1;
    let lowest = -1;
    for (let at = first; at < first + slotsPerBucket; at++) {
      if (words[at] === id) {
        slot = at;
        break;
      }
      // Empty slots have the score 0. An id that owns a row gives way to a decay, not to a newcomer.
      if (words[at + rowAt] === none && (lowest === -1 || floats[at + scoreAt] < floats[lowest + scoreAt]))
        lowest = at;
    }
    const known = slot !== -1;
    if (!known) {
      if (lowest === -1) return;
      slot = lowest;
      words[slot] = id;
    }
    const before = floats[slot + scoreAt];
    floats[slot + scoreAt] = before + weight;
    const { threshold } = this.state;
    if (floats[slot + scoreAt] < threshold) return;
    if (before < threshold) this.above++;
    // The inherited score of a newcomer is not its own: it gets a row only when it is seen again.
    if (known && words[slot + rowAt] === none && this.freeRows > 0) this.risen.push(slot);
  }

  /** Gives free rows to ids that have risen to the threshold. Returns these ids and their rows. */
  promote(): { ids: Uint32Array; rows: Uint32Array } {
    const { words, floats, threshold } = this.state;
    const promoted = this.risen.splice(0).filter((slot) => {
      const rises = words[slot + rowAt] === none && floats[slot + scoreAt] >= threshold;
      if (!rises || this.freeRows === 0) return false;
      words[slot + rowAt] = this.free[--this.freeRows];
      return true;
    });
    return {
      ids: Uint32Array.from(promoted, (slot) => words[slot]),
      rows: Uint32Array.from(promoted, (slot) => words[slot + rowAt]),
    };
  }

  /** Multiplies all scores. Ids that fall below the threshold lose their rows. */
  decay(factor: number): void {
    const { floats } = this.state;
    this.eachSlot((slot) => (floats[slot + scoreAt] *= factor));
    this.demote();
  }

  /**
   * Puts the threshold where as many ids are at or above it as there are rows, which go from those below to those above
   * at the next promote() (CAFE+, TOIS 2025). It never falls.
   */
  fitThreshold(): void {
    const { words, floats, buckets } = this.state;
    const scores = new Float32Array(slotsPerBucket * buckets);
    let found = 0;
    this.eachSlot((slot) => (scores[found++] = floats[slot + scoreAt]));
    if (this.hotRows < scores.length)
      this.state.threshold = Math.max(this.threshold, scores.sort()[scores.length - this.hotRows]);
    this.demote();
    this.risen.length = 0;
    const { threshold } = this;
    this.eachSlot((slot) => {
      if (floats[slot + scoreAt] >= threshold && words[slot + rowAt] === none) this.risen.push(slot);
    });
  }

  private demote(): void {
    const { words, floats, threshold } = this.state;
    let above = 0;
    this.eachSlot((slot) => {
      if (floats[slot + scoreAt] >= threshold) above++;
      else if (words[slot + rowAt] !== none) {
        this.free[this.freeRows++] = words[slot + rowAt];
        words[slot + rowAt] = none;
      }
    });
    this.above = above;
    this.aboveBefore = above;
  }

  private eachSlot(visit: (slot: number) => void): void {
    const end = this.state.buckets * bucketWords;
    for (let first = 0; first < end; first += bucketWords)
      for (let slot = first; slot < first + slotsPerBucket; slot++) visit(slot);
  }
}
