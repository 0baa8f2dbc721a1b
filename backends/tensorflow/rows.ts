import * as tf from '../../tensors/index.ts';
import {
  none,
  type OptimizerRule,
  type RowGradient,
  type Rows,
  type RowState,
} from '../../harness/contract/backend.ts';
import { distinctRows } from '../../harness/contract/distinct-rows.ts';
import { UserError, noMemoryForTable } from '../../base/user-error.ts';
import { fillUniform } from '../../harness/contract/fill.ts';
import { type Indices, valuesOf } from '../../harness/contract/indices.ts';
import type { Table } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import {
  floatsOnce,
  requirePairs,
  requireRows,
  requireState,
  requireValues,
} from '../../harness/contract/row-operands.ts';
import { overlaps, tableFloats, tableRows, updatedShape } from '../../harness/contract/size.ts';
import { updateRules } from '../../harness/rules/index.ts';
import { stateFloats } from '../../harness/rules/update-rule.ts';
import type { Handle, Operations } from './operations.ts';
import { ResourceVariable } from './resource-variable.ts';
import { updateRows } from './update-rows.ts';

/** Floats that go to or from TensorFlow at a time: a whole table would be in memory twice. */
const pieceFloats = 2 ** 20;

/** TensorFlow's word for an allocation that the system refused. */
const outOfMemory = /OOM when allocating|out of memory|RESOURCE_EXHAUSTED|failed to allocate/i;

/**
 * Table rows as a resource variable of TensorFlow's, gathered and updated in place, on the card where there is one.
 *
 * One row more than the table has: zeros, which `none` looks up and nothing updates (TensorFlow wants state for it). Where rows overlap, the variable's
 * rows are single floats, and a lookup of one of the table's rows is one of all its floats.
 */
export class TensorflowRows implements Rows {
  readonly table: Table;
  readonly stateBytes: number;
  private readonly rule: OptimizerRule;
  private readonly stride: number;
  /** Rows of the variable for one of the table: 1, or `width` where rows overlap. */
  private readonly perRow: number;
  private readonly weights: ResourceVariable;
  private readonly state: ResourceVariable[] = [];
  private saved: Handle | undefined;
  private step = 0;
  private disposed = false;

  /** Throws a UserError if there is no memory, or the table has too many rows for TensorFlow's indices. */
  constructor(operations: Operations, table: Table, rule: OptimizerRule, seed: number) {
    this.table = table;
    this.rule = rule;
    const { width, stride = width } = table;
    const overlapping = overlaps(table);
    this.stride = overlapping ? stride : 1;
    this.perRow = overlapping ? width : 1;
    const [rows, rowWidth] = updatedShape(table);
    if (rows >= 2 ** 31 - 1)
      throw new UserError(
        `${rows} rows are more than TensorFlow has indices for: take a higher --compression`,
      );
    const stateWidths = stateFloats(updateRules[rule], 1, rowWidth);
    this.stateBytes = 4 * rows * stateWidths.reduce((sum, floats) => sum + floats, 0);
    const zeros = (rows: number, width: number) =>
      this.withMemory(() => new ResourceVariable(operations, rows, width));
    this.weights = zeros(rows + 1, rowWidth);
    try {
      for (const floats of stateWidths) this.state.push(zeros(rows + 1, floats));
      this.fill(rows, seed);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  gather(indices: Indices): tf.Tensor2D {
    return this.gatherRows(valuesOf(indices));
  }

  private gatherRows(indices: Uint32Array): tf.Tensor2D {
    const { width } = this.table;
    const places = this.placesOf(indices, this.weights.rows - 1);
    return tf.tidy(() => {
      const gathered = this.weights.gather(tf.tensor1d(places, 'int32'));
      return this.perRow === 1 ? gathered : tf.reshape(gathered, [indices.length, width]);
    });
  }

  update(lookups: readonly RowGradient[], learningRate: number): void {
    this.step++;
    const { rows, positions } = distinctRows(
      lookups.map(({ indices }) => new Uint32Array(this.placesOf(valuesOf(indices), none).buffer)),
    );
    if (rows.length === 0) return;
    const rowWidth = this.weights.width;
    tf.tidy(() => {
      const all = tf.concat(lookups.map(({ gradient }) => tf.reshape<tf.Rank.R2>(gradient, [-1, rowWidth])));
      // Each row's, summed; a position of -1, which `none` has, is left out.
      const gradients = tf.unsortedSegmentSum<tf.Tensor2D>(all, tf.tensor1d(positions, 'int32'), rows.length);
      const indices = tf.tensor1d(new Int32Array(rows), 'int32');
      const { weights, state } = this;
      updateRows(this.rule, { weights, state, rows: indices, gradients }, learningRate, this.step);
    });
  }

  async read(from: number, to: number): Promise<Float32Array> {
    const { width } = this.table;
    const values = new Float32Array((to - from) * width);
    const piece = this.rowsPerPiece;
    for (let row = from; row < to; row += piece) {
      const indices = Uint32Array.from({ length: Math.min(piece, to - row) }, (_, i) => row + i);
      const gathered = this.gatherRows(indices);
      values.set(await gathered.data<'float32'>(), (row - from) * width);
      gathered.dispose();
    }
    return values;
  }

  write(rows: Uint32Array, values: Float32Array, keepState = false): void {
    requireValues(this.table, rows, values);
    requireRows(this.table, rows);
    const { width } = this.table;
    const piece = this.rowsPerPiece;
    for (let i = 0; i < rows.length; i += piece) {
      const some = rows.subarray(i, i + piece);
      this.set(some, values.subarray(i * width, (i + some.length) * width), keepState);
    }
  }

  copy(from: Uint32Array, to: Uint32Array): void {
    requirePairs(this.table, from, to);
    requireRows(this.table, from);
    requireRows(this.table, to);
    const piece = this.rowsPerPiece;
    for (let i = 0; i < to.length; i += piece)
      tf.tidy(() => {
        const [read, written] = [from, to].map((rows) =>
          tf.tensor1d(new Int32Array(rows.subarray(i, i + piece)), 'int32'),
        );
        for (const variable of [this.weights, ...this.state]) variable.set(written, variable.gather(read));
      });
  }

  async readState(): Promise<RowState> {
    const floats: Float32Array[] = [];
    for (const state of this.state) {
      const values = new Float32Array(this.stateFloats(state));
      for (const { from, places } of this.piecesOf(state)) {
        const gathered = tf.tidy(() => state.gather(tf.tensor1d(places, 'int32')));
        values.set(await gathered.data<'float32'>(), from * state.width);
        gathered.dispose();
      }
      floats.push(values);
    }
    return { steps: this.step, floats };
  }

  writeState(given: RowState): void {
    requireState(
      given,
      this.state.map((state) => ({ length: this.stateFloats(state) })),
    );
    this.step = given.steps;
    this.state.forEach((state, i) => {
      for (const { from, places } of this.piecesOf(state)) {
        const values = given.floats[i].subarray(from * state.width, (from + places.length) * state.width);
        tf.tidy(() =>
          state.set(tf.tensor1d(places, 'int32'), tf.tensor2d(values, [places.length, state.width])),
        );
      }
    });
  }

  save(): void {
    this.saved?.dispose();
    this.saved = undefined;
    this.saved = this.withMemory(() => this.weights.copy());
  }

  restore(): void {
    if (this.saved === undefined) throw new Error('nothing was saved');
    const saved = this.saved;
    this.withMemory(() => this.weights.assign(saved));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.saved?.dispose();
    for (const variable of [this.weights, ...this.state]) variable.dispose();
  }

  /** Rows, and zeros for their state where it is not kept. */
  private set(rows: Uint32Array, values: Float32Array, keepState: boolean): void {
    const once = overlaps(this.table) ? floatsOnce(this.table, rows, values) : { floats: rows, values };
    tf.tidy(() => {
      const places = tf.tensor1d(new Int32Array(once.floats), 'int32');
      this.weights.set(places, tf.tensor2d(once.values, [places.size, this.weights.width]));
      for (const state of keepState ? [] : this.state)
        state.set(places, tf.zeros([places.size, state.width]));
    });
  }

  /** The rows without the row of zeros. */
  private stateFloats({ rows, width }: ResourceVariable): number {
    return (rows - 1) * width;
  }

  private *piecesOf({ rows, width }: ResourceVariable): Generator<{ from: number; places: Int32Array }> {
    const piece = Math.max(1, Math.floor(pieceFloats / width));
    for (let from = 0; from < rows - 1; from += piece)
      yield {
        from,
        places: Int32Array.from({ length: Math.min(piece, rows - 1 - from) }, (_, i) => from + i),
      };
  }

  private get rowsPerPiece(): number {
    return Math.max(1, Math.floor(pieceFloats / this.table.width));
  }

  /** Piece by piece; `rows` are the variable's, without the zeros. */
  private fill(rows: number, seed: number): void {
    const { width } = this.weights;
    const piece = Math.max(1, Math.floor(pieceFloats / width));
    let first = 0; // row of the part
    this.table.parts.forEach((part, p) => {
      const last = p === this.table.parts.length - 1;
      const end = last ? rows : first + part.rows * this.stride;
      for (let row = first; row < end; row += piece) {
        const count = Math.min(piece, end - row);
        const values = new Float32Array(count * width);
        fillUniform(values, part.init, deriveSeed(seed, p), (row - first) * width);
        const indices = Int32Array.from({ length: count }, (_, i) => row + i);
        tf.tidy(() => this.weights.set(tf.tensor1d(indices, 'int32'), tf.tensor2d(values, [count, width])));
      }
      first = end;
    });
  }

  /** Rows of the variable, `perRow` for each index; `forNone` for `none`. Throws a RangeError for an index outside. */
  private placesOf(indices: Uint32Array, forNone: number): Int32Array {
    const rows = tableRows(this.table);
    const { perRow, stride } = this;
    const places = new Int32Array(indices.length * perRow);
    for (let i = 0, to = 0; i < indices.length; i++) {
      const row = indices[i];
      if (row !== none && row >= rows) throw new RangeError(`row ${row} is outside a table of ${rows} rows`);
      for (let k = 0; k < perRow; k++) places[to++] = row === none ? forNone : row * stride + k;
    }
    return places;
  }

  /** Takes memory of the table's size; a UserError where there is none. */
  private withMemory<T>(take: () => T): T {
    try {
      return take();
    } catch (error) {
      throw error instanceof Error && outOfMemory.test(error.message)
        ? noMemoryForTable(4 * tableFloats(this.table))
        : error;
    }
  }
}
