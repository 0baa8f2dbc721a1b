import * as tf from '@tensorflow/tfjs';
import { none, type OptimizerRule, type RowGradient, type Rows } from './contract/backend.ts';
import { noMemoryForTable } from './contract/fault.ts';
import { type Indices, valuesOf } from './contract/indices.ts';
import type { Table } from './contract/method.ts';
import { tableFloats, tableRows } from './contract/size.ts';
import { fillTable } from './initial-rows.ts';
import { optimizers } from './optimizers/index.ts';
import type { Rule } from './optimizers/rule.ts';
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
    // Where rows overlap, what is updated is floats: rows of width 1.
    const units: [rows: number, width: number] =
      this.stride < table.width ? [this.weights.length, 1] : [this.rows, table.width];
    this.state = this.rule.stateFloats(...units).map(allocate);
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
    const overlapping = this.stride < this.table.width;
    const width = overlapping ? 1 : this.table.width;
    const summed = overlapping ? gradients.map((gradient) => this.floatByFloat(gradient)) : gradients;
    const { rows, sums } = sumDuplicates(summed, width);
    const { weights, state } = this;
    this.rule.updateRows({ weights, state, width, rows, gradients: sums }, learningRate, this.step);
  }

  read(from: number, to: number): Promise<Float32Array> {
    const { width } = this.table;
    const rows = new Float32Array((to - from) * width);
    for (let row = from; row < to; row++) {
      const at = row * this.stride;
      rows.set(this.weights.subarray(at, at + width), (row - from) * width);
    }
    return Promise.resolve(rows);
  }

  write(rows: Uint32Array, values: Float32Array): void {
    const { width } = this.table;
    this.requireRows(rows);
    rows.forEach((row, i) => {
      this.weights.set(values.subarray(i * width, (i + 1) * width), row * this.stride);
      for (const state of this.state) this.stateOf(state, row).fill(0);
    });
  }

  copy(from: Uint32Array, to: Uint32Array): void {
    const { width } = this.table;
    if (this.stride < width) throw new RangeError('rows that overlap cannot be copied');
    this.requireRows(from);
    this.requireRows(to);
    to.forEach((row, i) => {
      this.weights.copyWithin(row * width, from[i] * width, (from[i] + 1) * width);
      for (const state of this.state) this.stateOf(state, row).set(this.stateOf(state, from[i]));
    });
  }

  save(): void {
    this.saved ??= allocate(this.weights.length);
    this.saved.set(this.weights);
  }

  restore(): void {
    if (this.saved === undefined) throw new Error('nothing was saved');
    this.weights.set(this.saved);
  }

  /** Of one row: a number for each of its floats, or a share of them. */
  private stateOf(state: Float32Array, row: number): Float32Array {
    if (this.stride < this.table.width)
      return state.subarray(row * this.stride, row * this.stride + this.table.width);
    const perRow = state.length / this.rows;
    return state.subarray(row * perRow, (row + 1) * perRow);
  }

  private requireRows(rows: Uint32Array): void {
    const outside = rows.find((row) => row >= this.rows);
    if (outside !== undefined) throw new RangeError(`row ${outside} is outside a table of ${this.rows} rows`);
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
