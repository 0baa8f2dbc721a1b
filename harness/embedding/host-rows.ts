import * as tf from '../../tensors/index.ts';
import {
  none,
  type OptimizerRule,
  type RowGradient,
  type Rows,
  type RowState,
  type RowPieces,
} from '../contract/backend.ts';
import { noMemoryForTable } from '../../base/user-error.ts';
import { type Indices, valuesOf } from '../contract/indices.ts';
import type { Table } from '../contract/method.ts';
import { requirePairs, requireRows, requireState, requireValues } from '../contract/row-operands.ts';
import { overlaps, updatedShape } from '../contract/table-shape.ts';
import { tableFloats, tableRows } from '../contract/size.ts';
import { fillTable } from './initial-rows.ts';
import { optimizers } from '../optimizers/index.ts';
import type { Rule } from '../optimizers/rule.ts';
import { type HostGradient, sumDuplicates } from './sum-duplicates.ts';

/** Table rows in typed arrays of this process: the form every backend without row storage of its own uses. */
export class HostRows implements Rows {
  readonly table: Table;
  readonly stateBytes: number;
  private readonly rows: number;
  private readonly stride: number;
  private readonly weights: Float32Array;
  private readonly state: Float32Array[];
  private readonly rule: Rule;
  private saved: Float32Array | undefined;
  private step = 0;

  constructor(table: Table, rule: OptimizerRule, seed: number) {
    this.table = table;
    this.rule = optimizers[rule];
    this.rows = tableRows(table);
    this.stride = table.stride ?? table.width;
    this.weights = allocate(tableFloats(table));
    this.state = this.rule.stateFloats(...updatedShape(table)).map(allocate);
    this.stateBytes = this.state.reduce((sum, { byteLength }) => sum + byteLength, 0);
    fillTable(this.weights, table, seed);
  }

  gather(asked: Indices): tf.Tensor2D {
    const indices = valuesOf(asked);
    const { width } = this.table;
    const gathered = new Float32Array(indices.length * width);
    for (let i = 0, to = 0; i < indices.length; i++, to += width) {
      const row = indices[i];
      if (row === none) continue;
      if (row >= this.rows) throw new RangeError(`row ${row} is outside a table of ${this.rows} rows`);
      const from = row * this.stride;
      for (let k = 0; k < width; k++) gathered[to + k] = this.weights[from + k];
    }
    return tf.tensor2d(gathered, [indices.length, width]);
  }

  update(lookups: readonly RowGradient[], learningRate: number): void {
    this.step++;
    const gradients = lookups.map(({ indices, gradient }) => ({
      indices: valuesOf(indices),
      values: gradient.dataSync<'float32'>(),
    }));
    const overlapping = overlaps(this.table);
    const width = overlapping ? 1 : this.table.width;
    const summed = overlapping ? gradients.map((gradient) => this.floatByFloat(gradient)) : gradients;
    const { rows, sums } = sumDuplicates(summed, width);
    const { weights, state } = this;
    this.rule.updateRows({ weights, state, width, rows, gradients: sums }, learningRate, this.step);
  }

  read(from: number, to: number): Promise<Float32Array> {
    const rows = new Float32Array((to - from) * this.table.width);
    this.readInto(from, to, rows);
    return Promise.resolve(rows);
  }

  write(rows: Uint32Array, values: Float32Array, keepState = false): void {
    requireValues(this.table, rows, values);
    requireRows(this.table, rows);
    const { weights, stride } = this;
    const { width } = this.table;
    for (let i = 0, from = 0; i < rows.length; i++)
      for (let k = 0, to = rows[i] * stride; k < width; k++) weights[to++] = values[from++];
    for (const state of keepState ? [] : this.state) {
      const [apart, floats] = this.spanOf(state);
      for (let i = 0; i < rows.length; i++)
        for (let k = 0, at = rows[i] * apart; k < floats; k++) state[at++] = 0;
    }
  }

  copy(from: Uint32Array, to: Uint32Array): void {
    requirePairs(this.table, from, to);
    requireRows(this.table, from);
    requireRows(this.table, to);
    for (const floats of [this.weights, ...this.state]) {
      const [, width] = this.spanOf(floats);
      for (let i = 0; i < to.length; i++)
        floats.copyWithin(to[i] * width, from[i] * width, (from[i] + 1) * width);
    }
  }

  readState(): Promise<RowState> {
    return Promise.resolve({ steps: this.step, floats: this.state.map((floats) => floats.slice()) });
  }

  writeState(state: RowState): void {
    requireState(state, this.state);
    this.step = state.steps;
    this.state.forEach((floats, i) => floats.set(state.floats[i]));
  }

  get pieces(): RowPieces {
    const { state, step: steps } = this;
    return {
      readRows: (from, to, into) => this.readInto(from, to, into),
      readSaved: (from, to, into) => {
        if (this.saved === undefined) throw new Error('nothing was saved');
        this.readInto(from, to, into, this.saved);
      },
      steps,
      setSteps: (steps) => (this.step = steps),
      stateLengths: state.map(({ length }) => length),
      readState: (array, from, into) => into.set(state[array].subarray(from, from + into.length)),
      writeState: (array, from, values) => state[array].set(values, from),
    };
  }

  save(): void {
    this.saved ??= allocate(this.weights.length);
    this.saved.set(this.weights);
  }

  restore(): void {
    if (this.saved === undefined) throw new Error('nothing was saved');
    this.weights.set(this.saved);
  }

  private readInto(from: number, to: number, into: Float32Array, floats = this.weights): void {
    const { width } = this.table;
    for (let row = from; row < to; row++) {
      const at = row * this.stride;
      into.set(floats.subarray(at, at + width), (row - from) * width);
    }
  }

  /** How far rows are apart in the weights or an array of state, and how many floats of it are one row's. */
  private spanOf(floats: Float32Array): [apart: number, floats: number] {
    if (overlaps(this.table)) return [this.stride, this.table.width];
    const perRow = floats.length / this.rows;
    return [perRow, perRow];
  }

  /** Rows as their floats, one index each; a row's gradient is that of its floats already. */
  private floatByFloat({ indices, values }: HostGradient): HostGradient {
    const { width } = this.table;
    const floats = new Uint32Array(indices.length * width);
    for (let i = 0, to = 0; i < indices.length; i++)
      for (let k = 0; k < width; k++)
        floats[to++] = indices[i] === none ? none : indices[i] * this.stride + k;
    return { indices: floats, values };
  }

  dispose(): void {
    // Typed arrays belong to the garbage collector.
  }
}

function allocate(floats: number): Float32Array {
  try {
    return new Float32Array(floats);
  } catch {
    throw noMemoryForTable(4 * floats);
  }
}
