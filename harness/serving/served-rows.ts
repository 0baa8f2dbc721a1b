import * as tf from '@tensorflow/tfjs';
import { none, type Rows } from '../contract/backend.ts';
import { type Indices, valuesOf } from '../contract/indices.ts';
import type { Table } from '../contract/method.ts';
import { tableRows } from '../contract/table-shape.ts';
import { codecOf } from './codecs.ts';

/** Rows of a stored table, decoded as they are looked up. They cannot be trained. */
export class ServedRows implements Rows {
  readonly table: Table;
  readonly stateBytes = 0;
  private readonly decodeRow: (from: number, count: number, out: Float32Array, at: number) => void;
  private readonly rows: number;

  constructor(table: Table, bytes: Uint8Array) {
    this.table = table;
    this.rows = tableRows(table);
    this.decodeRow = codecOf(table).reader(bytes);
  }

  gather(asked: Indices): tf.Tensor2D {
    const indices = valuesOf(asked);
    return tf.tensor2d(this.decode(indices), [indices.length, this.table.width]);
  }

  read(from: number, to: number): Promise<Float32Array> {
    return Promise.resolve(this.decode(Uint32Array.from({ length: to - from }, (_, i) => from + i)));
  }

  /** Row after row. */
  decodeAll(): Float32Array {
    return this.decode(Uint32Array.from({ length: this.rows }, (_, row) => row));
  }

  update(): never {
    throw new Error('rows that are served are not trained');
  }
  write = (): never => this.update();
  copy = (): never => this.update();
  save = (): never => this.update();
  restore = (): never => this.update();

  dispose(): void {
    // Typed arrays belong to the garbage collector.
  }

  private decode(indices: Uint32Array): Float32Array {
    const { width, stride = width } = this.table;
    const decoded = new Float32Array(indices.length * width);
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i];
      if (row === none) continue;
      if (row >= this.rows) throw new RangeError(`row ${row} is outside a table of ${this.rows} rows`);
      this.decodeRow(row * stride, width, decoded, i * width);
    }
    return decoded;
  }
}
