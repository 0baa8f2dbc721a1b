import * as tf from '@tensorflow/tfjs';
import { none, type OptimizerRule, type RowGradient, type Rows } from './contract/backend.ts';
import { noMemoryForTable } from './contract/fault.ts';
import type { Init, Table } from './contract/method.ts';
import { deriveSeed, mix32 } from './contract/mix.ts';
import { optimizers } from './optimizers/index.ts';
import type { Rule } from './optimizers/rule.ts';
import { sumDuplicates } from './sum-duplicates.ts';

/** Table rows in typed arrays of this process: the form every backend without row storage of its own uses. */
export class HostRows implements Rows {
  readonly table: Table;
  readonly stateBytes: number;
  private readonly rows: number;
  private readonly weights: Float32Array;
  private readonly state: Float32Array[];
  private readonly rule: Rule;
  private saved: Float32Array | undefined;
  private step = 0;

  constructor(table: Table, rule: OptimizerRule, seed: number) {
    this.table = table;
    this.rule = optimizers[rule];
    this.rows = table.parts.reduce((sum, part) => sum + part.rows, 0);
    this.weights = allocate(this.rows * table.width);
    this.state = this.rule.stateFloats(this.rows, table.width).map(allocate);
    this.stateBytes = this.state.reduce((sum, { byteLength }) => sum + byteLength, 0);
    let from = 0;
    table.parts.forEach((part, i) => {
      const to = from + part.rows * table.width;
      fillUniform(this.weights.subarray(from, to), part.init, deriveSeed(seed, i));
      from = to;
    });
  }

  gather(indices: Uint32Array): tf.Tensor2D {
    const { width } = this.table;
    const gathered = new Float32Array(indices.length * width);
    for (let i = 0, to = 0; i < indices.length; i++, to += width) {
      const row = indices[i];
      if (row === none) continue;
      if (row >= this.rows) throw new RangeError(`row ${row} is outside a table of ${this.rows} rows`);
      const from = row * width;
      for (let k = 0; k < width; k++) gathered[to + k] = this.weights[from + k];
    }
    return tf.tensor2d(gathered, [indices.length, width]);
  }

  update(lookups: readonly RowGradient[], learningRate: number): void {
    this.step++;
    const gradients = lookups.map(({ indices, gradient }) => ({
      indices,
      values: gradient.dataSync<'float32'>(),
    }));
    const { rows, sums } = sumDuplicates(gradients, this.table.width);
    const { weights, state } = this;
    const { width } = this.table;
    this.rule.updateRows({ weights, state, width, rows, gradients: sums }, learningRate, this.step);
  }

  read(from: number, to: number): Promise<Float32Array> {
    return Promise.resolve(this.weights.slice(from * this.table.width, to * this.table.width));
  }

  save(): void {
    this.saved ??= allocate(this.weights.length);
    this.saved.set(this.weights);
  }

  restore(): void {
    if (this.saved === undefined) throw new Error('nothing was saved');
    this.weights.set(this.saved);
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

/** Counter-based, so that a part's values depend on its seed alone. */
function fillUniform(values: Float32Array, { mean, halfWidth }: Init, seed: number): void {
  const low = mean - halfWidth;
  const scale = (2 * halfWidth) / 2 ** 24;
  let counter = seed | 0;
  for (let i = 0; i < values.length; i++) {
    counter = (counter + 0x9e3779b9) | 0;
    values[i] = low + (mix32(counter) >>> 8) * scale;
  }
}
