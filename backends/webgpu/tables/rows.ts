/// <reference types="@webgpu/types" />
import * as tf from '../../../tensors/index.ts';
import type { OptimizerRule, RowGradient, Rows, RowState } from '../../../harness/contract/backend.ts';
import { UserError } from '../../../base/user-error.ts';
import type { Indices } from '../../../harness/contract/indices.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import {
  floatsOnce,
  requirePairs,
  requireRows,
  requireState,
  requireValues,
} from '../../../harness/contract/row-operands.ts';
import { overlaps, tableFloats, tableRows } from '../../../harness/contract/size.ts';
import { updateRules } from '../../../harness/rules/index.ts';
import { stateFloats } from '../../../harness/rules/update-rule.ts';
import type { GpuBackend } from '../backend.ts';
import { DeviceIndices } from '../indices.ts';
import { fill } from './fill.ts';
import { gather } from './gather.ts';
import { copy, write } from './set-rows.ts';
import { rowsPerBuffer, Shards } from './shards.ts';
import { sortKeys } from './sort.ts';
import { floatsOf } from './spans.ts';
import { sumDuplicates } from './sum-runs.ts';
import { updateRows } from './update.ts';

/** Table rows in the card's memory, gathered, updated and set there. */
export class GpuRows implements Rows {
  readonly table: Table;
  readonly stateBytes: number;
  private readonly backend: GpuBackend;
  private readonly learning: {
    rule: OptimizerRule;
    weights: Shards;
    states: readonly Shards[];
    step: number;
  };
  private readonly rows: number;
  private readonly stride: number;
  /** The units that are updated: rows, or floats where rows overlap. */
  private readonly units: { readonly count: number; readonly width: number };
  private readonly weights: Shards;
  private readonly states: readonly Shards[];
  private saved: Shards | undefined;
  private disposed = false;

  constructor(backend: GpuBackend, table: Table, rule: OptimizerRule, seed: number) {
    this.backend = backend;
    this.table = table;
    this.rows = tableRows(table);
    this.stride = table.stride ?? table.width;
    const floats = tableFloats(table);
    this.units = this.overlapping ? { count: floats, width: 1 } : { count: this.rows, width: table.width };
    if (this.units.count >= 2 ** 32 - 1)
      throw new UserError(`a table of ${this.units.count} rows: 2^32 - 2 are the most`);
    const { count, width } = this.units;
    [this.weights, ...this.states] = this.withMemory(
      [width, ...stateFloats(updateRules[rule], 1, width)],
      count,
    );
    this.learning = { rule, weights: this.weights, states: this.states, step: 0 };
    this.stateBytes = this.states.reduce((sum, { bytes }) => sum + bytes, 0);
    let from = 0;
    table.parts.forEach(({ rows, init }, i) => {
      const last = i === table.parts.length - 1;
      const to = last ? floats : from + rows * this.stride;
      fill(backend, this.weights, from, to, init, deriveSeed(seed, i));
      from = to;
    });
  }

  gather(indices: Indices): tf.Tensor2D {
    const { buffer, batch, fields } = DeviceIndices.of(indices);
    const { backend, weights, units } = this;
    const count = batch * fields;
    if (this.rows === 0) return tf.zeros([count, this.table.width]);
    const gathered = backend.output([count, this.table.width], 'float32');
    this.withUnits(buffer, count, (keys, units_) =>
      gather(backend, weights, units.count, keys, units_, gathered),
    );
    return tf.engine().makeTensorFromTensorInfo(gathered) as tf.Tensor2D;
  }

  update(lookups: readonly RowGradient[], learningRate: number): void {
    this.backend.list?.atRate(learningRate);
    this.backend.count(this, () => this.learning.step++);
    const counts = lookups.map(({ indices }) => indices.batch * indices.fields);
    const count = counts.reduce((sum, n) => sum + n, 0);
    if (count === 0 || this.rows === 0) return;
    const { backend } = this;
    if (lookups.length === 1) {
      const [{ indices, gradient }] = lookups;
      this.updateAll(
        DeviceIndices.of(indices).buffer,
        backend.bufferOf(gradient, 'read'),
        count,
        learningRate,
      );
      return;
    }
    const { width } = this.table;
    const together = { indices: backend.acquire(count), gradient: backend.acquire(count * width) };
    let before = 0;
    lookups.forEach(({ indices, gradient }, i) => {
      const [n, from] = [counts[i], 4 * before];
      if (n === 0) return;
      backend.copy(DeviceIndices.of(indices).buffer, 0, together.indices, from, 4 * n);
      backend.copy(backend.bufferOf(gradient, 'read'), 0, together.gradient, from * width, 4 * n * width);
      before += n;
    });
    this.updateAll(together.indices, together.gradient, count, learningRate);
    for (const buffer of Object.values(together)) backend.release(buffer);
  }

  async read(from: number, to: number): Promise<Float32Array> {
    const { width } = this.table;
    if (!this.overlapping) return this.weights.read(from * width, to * width);
    const rows = new Float32Array((to - from) * width);
    if (to <= from) return rows;
    const floats = await this.weights.read(from * this.stride, (to - 1) * this.stride + width);
    for (let row = 0; row < to - from; row++)
      rows.set(floats.subarray(row * this.stride, row * this.stride + width), row * width);
    return rows;
  }

  write(rows: Uint32Array, values: Float32Array, keepState = false): void {
    requireValues(this.table, rows, values);
    requireRows(this.table, rows);
    const once = this.overlapping ? floatsOnce(this.table, rows, values) : { floats: rows, values };
    write(this.backend, this.weights, keepState ? [] : this.states, once.floats, once.values);
  }

  copy(from: Uint32Array, to: Uint32Array): void {
    requirePairs(this.table, from, to);
    requireRows(this.table, from);
    requireRows(this.table, to);
    copy(this.backend, [this.weights, ...this.states], this.rows, from, to);
  }

  async readState(): Promise<RowState> {
    const { count } = this.units;
    const floats: Float32Array[] = [];
    for (const state of this.states) floats.push(await state.read(0, count * state.width));
    return { steps: this.learning.step, floats };
  }

  writeState(state: RowState): void {
    requireState(
      state,
      this.states.map(({ width }) => ({ length: this.units.count * width })),
    );
    this.learning.step = state.steps;
    this.states.forEach((shards, i) => shards.write(state.floats[i]));
  }

  save(): void {
    if (this.saved === undefined) [this.saved] = this.withMemory([this.units.width], this.units.count);
    this.weights.copyTo(this.saved);
  }

  restore(): void {
    if (this.saved === undefined) throw new Error('nothing was saved');
    this.saved.copyTo(this.weights);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.backend.submit(); // memory in use by what was asked for cannot be given back before
    for (const shards of [this.weights, ...this.states, ...(this.saved ? [this.saved] : [])])
      shards.dispose();
  }

  private get overlapping(): boolean {
    return overlaps(this.table);
  }

  private updateAll(indices: GPUBuffer, gradient: GPUBuffer, count: number, learningRate: number): void {
    const { backend, units, learning } = this;
    this.withUnits(indices, count, (unsorted, n) => {
      const sorted = sortKeys(backend, unsorted, n, units.count);
      const sums = sumDuplicates(backend, sorted, gradient, n, units.width);
      updateRows(backend, learning, sorted.keys, sums, n, learningRate);
      for (const buffer of [sorted.keys, sorted.positions, sums]) backend.release(buffer);
    });
  }

  /** Calls with indices of what is updated: those of rows, or of the floats of rows that overlap. */
  private withUnits(indices: GPUBuffer, count: number, use: (units: GPUBuffer, count: number) => void): void {
    if (!this.overlapping) return use(indices, count);
    const { backend, rows, stride } = this;
    const { width } = this.table;
    const floats = floatsOf(backend, indices, count, { width, stride, rows });
    use(floats, count * width);
    backend.release(floats);
  }

  /** Memory of the table's size, which the card may refuse. */
  private withMemory(widths: readonly number[], rows: number): Shards[] {
    const { backend, units } = this;
    const rowsEach = rowsPerBuffer(backend.largestBuffer, units.width);
    return backend.withMemoryFor(4 * rows * widths.reduce((sum, width) => sum + width, 0), () =>
      widths.map((width) => new Shards(backend, rows, width, rowsEach)),
    );
  }
}
