import { none } from '../../harness/contract/backend.ts';
import type { Remembered, StepMemory } from '../../harness/contract/step-memory.ts';
import { floatAt, minOf, orderOf } from './float-order.ts';

export interface AdmissionState {
  /** Importance of every id. */
  readonly scores: Float32Array;
  /** Row of every id, `none` where it has none. */
  readonly rows: Uint32Array;
}

export interface AdmissionRules {
  /** Rows there are: 0 .. hotRows - 1. */
  readonly hotRows: number;
  /** The first number of each field's ids among all ids, and the number of all ids. */
  readonly bounds: readonly number[];
  /** If true, scores are compared across fields in units of the scores of each field's most important ids. */
  readonly normalize: boolean;
}

/** Ids that were given rows, and which. */
export interface Admitted {
  readonly ids: Uint32Array;
  readonly rows: Uint32Array;
}

/** Rows change hands only if at least this share of them would (the reimplementation in CAFE's code). */
const minChange = 0.05;

/** Share of a field's ids with a score that are below its unit: the unit is the 95th percentile (the same code). */
const unitShare = 0.95;

/**
 * Decides which ids of all fields have rows: the most important ones, compared now and then (Lai et al., AdaEmbed, OSDI 2023).
 * Ids without rows have scores too.
 */
export class Admission implements StepMemory {
  private readonly state: AdmissionState;
  private readonly rules: AdmissionRules;
  private free: Uint32Array; // a stack
  private freeRows: number;

  /** Resets the state: no id has a score or a row. */
  constructor(state: AdmissionState, rules: AdmissionRules) {
    const { hotRows } = rules;
    this.state = state;
    this.rules = rules;
    this.free = Uint32Array.from({ length: hotRows }, (_, i) => hotRows - 1 - i);
    this.freeRows = hotRows;
    state.scores.fill(0);
    state.rows.fill(none);
  }

  /** The rows that nobody has; the state is in maps. */
  read(): Remembered {
    return { free: this.free, freeRows: this.freeRows };
  }

  write({ free, freeRows }: Remembered): void {
    this.free = free as Uint32Array;
    this.freeRows = freeRows as number;
  }

  /** Adds weights to the scores of ids; an id that is `none` is skipped. */
  add(ids: Uint32Array, weights: Float32Array): void {
    const { scores } = this.state;
    for (let i = 0; i < ids.length; i++) if (ids[i] !== none) scores[ids[i]] += weights[i];
  }

  decay(factor: number): void {
    const { scores } = this.state;
    for (let id = 0; id < scores.length; id++) scores[id] *= factor;
  }

  /** Gives free rows to ids without one in the order in which they come. */
  admitAny(ids: Uint32Array): Admitted {
    const admitted: number[] = [];
    for (let i = 0; i < ids.length && this.freeRows > 0; i++)
      if (ids[i] !== none && this.state.rows[ids[i]] === none) {
        this.giveRow(ids[i]);
        admitted.push(ids[i]);
      }
    return this.withRows(admitted);
  }

  /** Moves rows from ids that are no longer among the most important to those that are, if enough would change. */
  reallocate(): Admitted {
    const { rows } = this.state;
    const units = this.units();
    const each = (visit: (order: number, id: number) => unknown) => this.eachOrder(units, visit);
    const lowest = minOf(each, this.rules.hotRows);
    if (lowest === undefined) return this.withRows([]);
    // Ids as important as the last one admitted are ties: those that have rows go first.
    let { ties } = lowest;
    let staying = 0;
    const evicted: number[] = [];
    each((order, id) => {
      if (rows[id] === none) return;
      const last = order === lowest.order;
      if (order < lowest.order || (last && ties === 0)) return evicted.push(id);
      if (last) ties--;
      staying++;
    });
    if (staying > (1 - minChange) * this.rules.hotRows) return this.withRows([]);
    for (const id of evicted) {
      this.free[this.freeRows++] = rows[id];
      rows[id] = none;
    }
    const admitted: number[] = [];
    each((order, id) => {
      if (rows[id] !== none || order < lowest.order || (order === lowest.order && ties === 0)) return;
      if (order === lowest.order) ties--;
      this.giveRow(id);
      admitted.push(id);
    });
    return this.withRows(admitted);
  }

  private giveRow(id: number): void {
    this.state.rows[id] = this.free[--this.freeRows];
  }

  private withRows(ids: readonly number[]): Admitted {
    return { ids: Uint32Array.from(ids), rows: Uint32Array.from(ids, (id) => this.state.rows[id]) };
  }

  /** The unit of each field's scores. The scores themselves do not change. */
  private units(): number[] {
    const { bounds, normalize } = this.rules;
    const fields = bounds.length - 1;
    return Array.from({ length: fields }, (_, f) => {
      if (!normalize) return 1;
      const scores = this.state.scores.subarray(bounds[f], bounds[f + 1]);
      const positive = scores.reduce((count, score) => count + (score > 0 ? 1 : 0), 0);
      const largest = Math.max(1, Math.round((1 - unitShare) * positive));
      const unit = minOf((visit) => scores.forEach((score) => visit(orderOf(score))), largest);
      return unit ? floatAt(unit.order) : scores.reduce((most, score) => Math.max(most, score), 0) || 1;
    });
  }

  private eachOrder(units: readonly number[], visit: (order: number, id: number) => void): void {
    const { scores } = this.state;
    const { bounds } = this.rules;
    units.forEach((unit, f) => {
      for (let id = bounds[f]; id < bounds[f + 1]; id++) visit(orderOf(scores[id] / unit), id);
    });
  }
}
