import { none } from '../../harness/contract/backend.ts';
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
  /** Where each field's ids begin among all, and where the last one's end. */
  readonly bounds: readonly number[];
  /** Whether scores of different fields are compared in units of those of their most important ids. */
  readonly normalize: boolean;
}

/** Ids that were given rows, and which. */
export interface Admitted {
  readonly ids: Uint32Array;
  readonly rows: Uint32Array;
}

/** Rows change hands only where at least this share of them would (the reimplementation beside CAFE). */
const minChange = 0.05;

/** Of a field's ids with a score, those below its unit: its 95th percentile (the same). */
const unitShare = 0.95;

/**
 * Which ids of all fields have rows: the most important ones, looked at now and then (Lai et al., AdaEmbed, OSDI 2023).
 * Ids without rows have scores too.
 */
export class Admission {
  private readonly state: AdmissionState;
  private readonly rules: AdmissionRules;
  private readonly free: Uint32Array; // a stack
  private freeRows: number;

  /** Nobody has a row, whatever the state was. */
  constructor(state: AdmissionState, rules: AdmissionRules) {
    const { hotRows } = rules;
    this.state = state;
    this.rules = rules;
    this.free = Uint32Array.from({ length: hotRows }, (_, i) => hotRows - 1 - i);
    this.freeRows = hotRows;
    state.scores.fill(0);
    state.rows.fill(none);
  }

  /** `none` among the ids is passed over. */
  add(ids: Uint32Array, weights: Float32Array): void {
    const { scores } = this.state;
    for (let i = 0; i < ids.length; i++) if (ids[i] !== none) scores[ids[i]] += weights[i];
  }

  decay(kept: number): void {
    const { scores } = this.state;
    for (let id = 0; id < scores.length; id++) scores[id] *= kept;
  }

  /** First come, first served, as long as there are rows. */
  admitAny(ids: Uint32Array): Admitted {
    const admitted: number[] = [];
    for (let i = 0; i < ids.length && this.freeRows > 0; i++)
      if (ids[i] !== none && this.state.rows[ids[i]] === none) {
        this.giveRow(ids[i]);
        admitted.push(ids[i]);
      }
    return this.withRows(admitted);
  }

  /** Rows go from ids that are no longer among the most important to those that are, where that changes enough. */
  reallocate(): Admitted {
    const { rows } = this.state;
    const units = this.units();
    const each = (visit: (order: number, id: number) => unknown) => this.eachOrder(units, visit);
    const least = minOf(each, this.rules.hotRows);
    if (least === undefined) return this.withRows([]);
    // Of ids that are as important as the last one admitted, those that have rows go before the others.
    let { ties } = least;
    let staying = 0;
    const evicted: number[] = [];
    each((order, id) => {
      if (rows[id] === none) return;
      const last = order === least.order;
      if (order < least.order || (last && ties === 0)) return evicted.push(id);
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
      if (rows[id] !== none || order < least.order || (order === least.order && ties === 0)) return;
      if (order === least.order) ties--;
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

  /** Of each field, what its scores are measured in. Scores themselves stay as they are. */
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
