import { none } from '../../harness/contract/backend.ts';
import type { StoredSlots } from '../../harness/contract/index-formula.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import type { Remembered, StepMemory } from '../../harness/contract/step-memory.ts';
import { hash32 } from '../../base/hash.ts';

export interface ProbeRules {
  /** Slots, one after the other from the one that it is hashed to, where a key may be. */
  readonly probes: number;
  /** The value of a slot without a key. */
  readonly empty: number;
  readonly seed: number;
}

/**
 * A hash table of keys in slots of its own, with open addressing: what is stored are the keys alone. It is written in
 * place, so what has been loaded into the map answers as what was saved from it.
 */
export class ProbedTable implements StepMemory {
  private readonly keys: IdMap;
  private readonly rules: ProbeRules;
  /** The step in which each slot was last used, from 1. */
  private lastUse: Float64Array | undefined;
  private takenOver: number[] = [];

  constructor(keys: IdMap, rules: ProbeRules) {
    this.keys = keys;
    this.rules = rules;
  }

  /** The table for formulas. */
  get slots(): StoredSlots {
    return { keys: this.keys, ...this.rules };
  }

  /** The slot of a key, `none` where it has none. */
  find(key: number): number {
    const { values } = this.keys;
    const { probes, empty } = this.rules;
    let slot = this.first(key);
    for (let probe = 0; probe < probes; probe++) {
      if (values[slot] === key) return slot;
      // Slots are never emptied again, so a key is before the first empty one.
      if (values[slot] === empty) return none;
      if (++slot === values.length) slot = 0;
    }
    return none;
  }

  /**
   * The slot of a key at a step of training: its own, or an empty one, or that of the key seen longest ago, if that was
   * at least `age` steps ago.
   */
  claim(key: number, step: number, age: number): number {
    const { values } = this.keys;
    const { probes, empty } = this.rules;
    this.lastUse ??= new Float64Array(values.length);
    let slot = this.first(key);
    let oldest = slot;
    for (let probe = 0; probe < probes; probe++) {
      if (values[slot] === key) return this.use(slot, step);
      if (values[slot] === empty) {
        values[slot] = key;
        return this.use(slot, step);
      }
      if (this.lastUse[slot] < this.lastUse[oldest]) oldest = slot;
      if (++slot === values.length) slot = 0;
    }
    if (this.lastUse[oldest] + age > step + 1) return none;
    values[oldest] = key;
    this.takenOver.push(oldest);
    return this.use(oldest, step);
  }

  /** Slots that changed their key since this was last asked, each once. */
  takeOver(): Uint32Array {
    const slots = new Set(this.takenOver);
    this.takenOver = [];
    return Uint32Array.from(slots);
  }

  /** Slots that were taken over are told after every step: none is left. */
  read(): Remembered {
    return this.lastUse === undefined ? {} : { lastUse: this.lastUse };
  }

  write({ lastUse }: Remembered): void {
    this.lastUse = lastUse as Float64Array | undefined;
  }

  private use(slot: number, step: number): number {
    this.lastUse![slot] = step + 1;
    return slot;
  }

  private first(key: number): number {
    return hash32(key, this.rules.seed) % this.keys.length;
  }
}
