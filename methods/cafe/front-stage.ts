import { none } from '../../harness/contract/backend.ts';
import { frontWords, rowAt, scoreAt, type SketchState, slotsPerBucket } from './sketch-state.ts';

/** Place of the time at which a slot was last touched. */
const timeAt = 3 * slotsPerBucket;

/** Score from which on an id that is least recent goes on to the main stage and is not forgotten (the authors' code). */
const keptScore = 5;

/** The front stage of a sketch: buckets of ids, of which the least recently seen one gives way to a newcomer. */
export class FrontStage {
  private readonly state: SketchState;
  /** Touches so far. */
  time = 0;

  constructor(state: SketchState) {
    this.state = state;
    for (const slot of this.slots()) this.empty(slot);
  }

  /** Slot of an id, -1 if it is not in this stage. */
  slotOf(id: number): number {
    const first = this.state.frontBucketOf(id);
    for (let slot = first; slot < first + slotsPerBucket; slot++)
      if (this.state.words[slot] === id) return slot;
    return -1;
  }

  /** Puts a newcomer in the place of the least recent of its bucket. `evicted`: that one, if it is worth keeping. */
  place(id: number): { slot: number; evicted?: { id: number; score: number; row: number } } {
    const { words, floats } = this.state;
    const first = this.state.frontBucketOf(id);
    let slot = first;
    for (let at = first; at < first + slotsPerBucket; at++) if (words[at + timeAt] < words[slot + timeAt]) slot = at; // prettier-ignore
    const before = { id: words[slot], score: floats[slot + scoreAt], row: words[slot + rowAt] };
    words[slot] = id;
    floats[slot + scoreAt] = 1;
    words[slot + rowAt] = none;
    this.touch(slot);
    const kept = before.id !== none && (before.row !== none || before.score >= keptScore);
    return { slot, ...(kept && { evicted: before }) };
  }

  touch(slot: number): void {
    this.state.words[slot + timeAt] = ++this.time;
  }

  empty(slot: number): void {
    const { words, floats } = this.state;
    words[slot] = none;
    floats[slot + scoreAt] = 0;
    words[slot + rowAt] = none;
    words[slot + timeAt] = 0;
  }

  *slots(): Generator<number> {
    const { frontAt, frontBuckets } = this.state;
    for (let bucket = 0; bucket < frontBuckets; bucket++)
      for (let i = 0; i < slotsPerBucket; i++) yield frontAt + bucket * frontWords + i;
  }
}
