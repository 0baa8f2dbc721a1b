import { none } from '../../harness/contract/backend.ts';
import type { Remembered } from '../../harness/contract/step-memory.ts';
import { FrontStage } from './front-stage.ts';
import type { Sketch, SketchRules } from './hot-sketch.ts';
import { RowQueue } from './row-queue.ts';
import { emptied, rowAt, scoreAt, type SketchState, slotsPerBucket } from './sketch-state.ts';

/**
 * The sketch of CAFE+ (Liu et al., TOIS 2025; tricks/sketch.cpp of its authors): ids are counted in a front stage of least recently
 * used ones first, and only those that reach the threshold, or leave the front with a score worth keeping, enter the
 * main stage, which lookups ask. A row is given at once, in the order in which rows became free. An id that has a row gives way
 * to no newcomer; rows change hands when the threshold rises.
 *
 * The authors let the increments grow in place of decay, but their code never multiplies them. Of rows that change hands
 * when the threshold rises, theirs keep the vector of the owner before; here all that are given are copied.
 */
export class StagedSketch implements Sketch {
  private readonly state: SketchState;
  private readonly front: FrontStage | undefined;
  private readonly hotRows: number;
  private readonly free: RowQueue;
  /** Main slots that were given a row since promote() was last called. */
  private given: number[] = [];
  /** Number of times that an id reached the threshold, since it last rose. */
  private above = 0;

  /** Resets the state: the sketch starts empty. */
  constructor(state: SketchState, { hotRows, threshold }: SketchRules) {
    this.state = state;
    this.hotRows = hotRows;
    this.free = new RowQueue(hotRows);
    emptied(state.words, state.buckets);
    state.threshold = threshold;
    this.front = state.frontBuckets > 0 ? new FrontStage(state) : undefined;
  }

  get threshold(): number {
    return this.state.threshold;
  }

  /** Slots that were given a row were told by promote(): none is left. */
  read(): Remembered {
    return { above: this.above, time: this.front?.time ?? 0, ...this.free.read() };
  }

  write(remembered: Remembered): void {
    this.above = remembered.above as number;
    if (this.front) this.front.time = remembered.time as number;
    this.free.write(remembered);
  }

  /** A fifth more ids have reached the threshold than there are rows, and one. */
  get crowded(): boolean {
    return this.above > 1.2 * (this.hotRows + 1);
  }

  add(id: number, weight: number): void {
    const slot = this.state.slotOf(id);
    if (slot === -1) {
      if (this.front === undefined) this.enter(id, weight, none);
      else this.addInFront(id, weight, this.front);
      return;
    }
    const { words } = this.state;
    const score = this.raise(slot, weight);
    if (score >= this.threshold && words[slot + rowAt] === none && !this.free.empty) {
      words[slot + rowAt] = this.free.take();
      this.given.push(slot);
    }
  }

  /** The ids that were given rows since the last call, and their rows. */
  promote(): { ids: Uint32Array; rows: Uint32Array } {
    const { words } = this.state;
    const slots = [...new Set(this.given.splice(0))].filter((slot) => words[slot + rowAt] !== none);
    return {
      ids: Uint32Array.from(slots, (slot) => words[slot]),
      rows: Uint32Array.from(slots, (slot) => words[slot + rowAt]),
    };
  }

  /** Multiplies all scores. Ids that fall below the threshold lose their rows. */
  decay(factor: number): void {
    const { words, floats } = this.state;
    for (const slot of this.slots()) {
      floats[slot + scoreAt] *= factor;
      if (floats[slot + scoreAt] < this.threshold) this.takeBack(slot);
    }
    this.above = [...this.slots()].filter((slot) => words[slot] !== none && floats[slot + scoreAt] >= this.threshold).length; // prettier-ignore
  }

  /** The ids of highest score have the rows, and the threshold is the highest score of those without. */
  fitThreshold(): void {
    const { words, floats } = this.state;
    const hot = (slot: number) => floats[slot + scoreAt] >= this.threshold || words[slot + rowAt] !== none;
    const entries = [...this.slots()].filter((slot) => words[slot] !== none && hot(slot));
    if (entries.length <= this.hotRows) {
      this.above = entries.length;
      return;
    }
    entries.sort((a, b) => floats[a + scoreAt] - floats[b + scoreAt] || a - b);
    const leaving = entries.length - this.hotRows;
    for (const slot of entries.slice(0, leaving)) this.takeBack(slot);
    for (const slot of entries.slice(leaving))
      if (words[slot + rowAt] === none && !this.free.empty) {
        words[slot + rowAt] = this.free.take();
        if (slot < this.state.frontAt) this.given.push(slot);
      }
    this.state.threshold = floats[entries[leaving - 1] + scoreAt];
    this.above = this.hotRows + 1;
  }

  private addInFront(id: number, weight: number, front: FrontStage): void {
    const { words, floats } = this.state;
    const known = front.slotOf(id);
    if (known === -1) {
      const { slot, evicted } = front.place(id);
      if (evicted) this.enter(evicted.id, evicted.score, evicted.row);
      // An id counts 1 at first, whatever its weight. Its row, if it has one, waits for it in the main stage.
      if (1 >= this.threshold) {
        if (Math.fround(1 - Math.fround(weight)) < this.threshold) this.above++;
        if (!this.free.empty) words[slot + rowAt] = this.free.take();
      }
      return;
    }
    front.touch(known);
    const score = this.raise(known, weight);
    if (score < this.threshold) return;
    if (words[known + rowAt] === none && !this.free.empty) words[known + rowAt] = this.free.take();
    this.enter(id, floats[known + scoreAt], words[known + rowAt]);
    front.empty(known);
  }

  /** Adds to a score, and returns it. */
  private raise(slot: number, weight: number): number {
    const { floats } = this.state;
    floats[slot + scoreAt] += weight;
    const score = floats[slot + scoreAt]; // as it was rounded
    if (score >= this.threshold && Math.fround(score - Math.fround(weight)) < this.threshold) this.above++;
    return score;
  }

  /** An id enters the main stage in place of the least of its bucket, whose score it adds to; if that has a row, it does not. */
  private enter(id: number, score: number, row: number): void {
    const { words, floats } = this.state;
    const first = this.state.bucketOf(id);
    let least = first;
    for (let slot = first; slot < first + slotsPerBucket; slot++) {
      if (words[slot] === none) {
        least = slot;
        break;
      }
      if (floats[slot + scoreAt] < floats[least + scoreAt]) least = slot;
    }
    if (words[least] !== none && words[least + rowAt] !== none) {
      if (row !== none) this.free.put(row);
      return;
    }
    floats[least + scoreAt] += score; // an empty slot has none
    words[least] = id;
    words[least + rowAt] = row;
    if (row !== none) this.given.push(least);
  }

  private takeBack(slot: number): void {
    const { words } = this.state;
    if (words[slot + rowAt] === none) return;
    this.free.put(words[slot + rowAt]);
    words[slot + rowAt] = none;
  }

  private *slots(): Generator<number> {
    yield* this.state.slots();
    if (this.front) yield* this.front.slots();
  }
}
