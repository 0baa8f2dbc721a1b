import * as tf from '../../tensors/index.ts';
import { none, type OpenBackend, type Rows } from '../contract/backend.ts';
import { type Indices, valuesOf } from '../contract/indices.ts';
import type { Table } from '../contract/method.ts';
import { tableRows } from '../contract/table-shape.ts';
import type { Codec } from './codec.ts';
import { codecOf } from './codecs.ts';

/** Rows of a stored table, decoded as they are looked up. They cannot be trained. */
export class ServedRows implements Rows {
  readonly table: Table;
  readonly stateBytes = 0;
  readonly bytes: Uint8Array;
  private readonly decodeFloats: ReturnType<Codec['reader']>;
  private readonly rows: number;
  readonly source: unknown;
  private readonly gatherStored: OpenBackend['gatherStored'];

  constructor(
    table: Table,
    bytes: Uint8Array,
    { gatherStored, joinedRows }: Pick<OpenBackend, 'gatherStored' | 'joinedRows'> = {},
  ) {
    this.gatherStored = gatherStored;
    this.source = joinedRows?.stored(table, bytes);
    this.table = table;
    this.bytes = bytes;
    this.rows = tableRows(table);
    this.decodeFloats = codecOf(table).reader(bytes);
  }

  gather(asked: Indices): tf.Tensor2D {
    const indices = valuesOf(asked);
    const gathered = this.gatherStored?.(this.table, this.bytes, indices);
    return gathered ?? tf.tensor2d(this.gatherHere(indices), [indices.length, this.table.width]);
  }

  private gatherHere(indices: Uint32Array): Float32Array {
    const { width, stride = width } = this.table;
    const gathered = new Float32Array(indices.length * width);
    for (let i = 0; i < indices.length; i++) {
      const row = indices[i];
      if (row === none) continue;
      if (row >= this.rows) throw new RangeError(`row ${row} is outside a table of ${this.rows} rows`);
      this.decodeFloats(row * stride, width, gathered, i * width);
    }
    return gathered;
  }

  read(from: number, to: number): Promise<Float32Array> {
    return Promise.resolve(this.decode(from, to));
  }

  /** Rows `from` to `to`, row after row. */
  decode(from: number, to: number): Float32Array {
    const { width, stride = width } = this.table;
    const decoded = new Float32Array((to - from) * width);
    if (stride === width) this.decodeFloats(from * width, decoded.length, decoded, 0);
    else
      for (let row = from; row < to; row++)
        this.decodeFloats(row * stride, width, decoded, (row - from) * width);
    return decoded;
  }

  update(): never {
    throw new Error('rows that are served are not trained');
  }
  write = (): never => this.update();
  copy = (): never => this.update();
  readState = (): never => this.update();
  writeState = (): never => this.update();
  save = (): never => this.update();
  restore = (): never => this.update();

  dispose(): void {
    // Typed arrays belong to the garbage collector.
  }
}
