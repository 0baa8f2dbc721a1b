import * as tf from '../../tensors/index.ts';
import type {
  OptimizerRule,
  RowGradient,
  Rows,
  RowState,
  RowPieces,
} from '../../harness/contract/backend.ts';
import { noMemoryForTable } from '../../base/user-error.ts';
import { type Indices, valuesOf } from '../../harness/contract/indices.ts';
import type { Table } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../base/hash.ts';
import { requireState, requireValues } from '../../harness/contract/row-operands.ts';
import { tableFloats, tableRows, updatedShape } from '../../harness/contract/size.ts';
import { updateRules } from '../../harness/rules/index.ts';
import { numbersOf, stateFloats } from '../../harness/rules/update-rule.ts';
import type { StepArguments, TableHandle } from './addon.ts';
import type { NativeBackend } from './backend.ts';

/** How the add-on's errors begin when the system refuses memory. */
const outOfMemory = /^out of memory/;

/** Table rows in memory of the add-on, gathered and updated in place by its threads. */
export class NativeRows implements Rows {
  readonly table: Table;
  readonly stateBytes: number;
  private readonly backend: NativeBackend;
  private readonly rule: OptimizerRule;
  private readonly handle: TableHandle;
  private readonly bytes: number;
  /** Floats of each array of state. */
  private readonly stateLengths: readonly number[];
  private step = 0;
  private disposed = false;

  constructor(backend: NativeBackend, table: Table, rule: OptimizerRule, seed: number) {
    const { addon } = backend;
    this.backend = backend;
    this.table = table;
    this.rule = rule;
    const { width, stride = width } = table;
    const floats = tableFloats(table);
    this.bytes = 4 * floats;
    this.handle = this.withMemory(() => addon.createTable(tableRows(table), width, stride, rule));
    this.stateLengths = stateFloats(updateRules[rule], ...updatedShape(table));
    this.stateBytes = 4 * this.stateLengths.reduce((sum, length) => sum + length, 0);
    if (addon.tableStateBytes(this.handle) !== this.stateBytes)
      throw new Error(`the add-on has another state for ${rule} than its declaration`);
    let from = 0;
    table.parts.forEach(({ rows, init }, i) => {
      const last = i === table.parts.length - 1;
      const to = last ? floats : from + rows * stride;
      addon.fillTable(this.handle, from, to, init.mean, init.halfWidth, deriveSeed(seed, i));
      from = to;
    });
  }

  get source(): TableHandle {
    return this.handle;
  }

  gather(asked: Indices): tf.Tensor2D {
    const indices = valuesOf(asked);
    const rows = this.backend.output([indices.length, this.table.width], 'float32');
    this.backend.addon.gatherRows(this.handle, indices, rows.values);
    return tf.engine().makeTensorFromTensorInfo(rows) as tf.Tensor2D;
  }

  update(lookups: readonly RowGradient[], learningRate: number): void {
    const indices = lookups.map((lookup) => valuesOf(lookup.indices));
    const gradients = lookups.map(({ gradient }) => this.backend.floats(gradient));
    this.backend.loopAtRate(this.updateTable, learningRate, indices, gradients);
  }

  private readonly updateTable = (
    learningRate: number,
    indices: readonly Uint32Array[],
    gradients: readonly Float32Array[],
  ): void => {
    const step = stepArguments(this.rule, learningRate, ++this.step);
    this.backend.addon.updateTable(this.handle, indices, gradients, ...step);
  };

  read(from: number, to: number): Promise<Float32Array> {
    const rows = new Float32Array((to - from) * this.table.width);
    this.backend.addon.readTable(this.handle, from, to, rows);
    return Promise.resolve(rows);
  }

  write(rows: Uint32Array, values: Float32Array, keepState = false): void {
    requireValues(this.table, rows, values);
    this.backend.addon.writeRows(this.handle, rows, values, keepState);
  }

  copy(from: Uint32Array, to: Uint32Array): void {
    this.backend.addon.copyRows(this.handle, from, to);
  }

  readState(): Promise<RowState> {
    const floats = this.stateLengths.map((length) => new Float32Array(length));
    floats.forEach((array, i) => this.backend.addon.readTableState(this.handle, i, array));
    return Promise.resolve({ steps: this.step, floats });
  }

  writeState(state: RowState): void {
    requireState(
      state,
      this.stateLengths.map((length) => ({ length })),
    );
    this.step = state.steps;
    state.floats.forEach((array, i) => this.backend.addon.writeTableState(this.handle, i, array));
  }

  get pieces(): RowPieces {
    const { handle, step: steps, stateLengths } = this;
    const { addon } = this.backend;
    return {
      readRows: (from, to, into) => addon.readTable(handle, from, to, into),
      readSaved: (from, to, into) => addon.readTable(handle, from, to, into, true),
      steps,
      setSteps: (steps) => (this.step = steps),
      stateLengths,
      readState: (array, from, into) => addon.readTableState(handle, array, into, from),
      writeState: (array, from, values) => addon.writeTableState(handle, array, values, from),
    };
  }

  save(): void {
    this.withMemory(() => this.backend.addon.saveTable(this.handle));
  }

  restore(): void {
    this.backend.addon.restoreTable(this.handle);
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.backend.addon.freeTable(this.handle);
  }

  /** Takes memory of the table's size; a UserError where there is none. */
  private withMemory<T>(take: () => T): T {
    try {
      return take();
    } catch (error) {
      throw error instanceof RangeError && outOfMemory.test(error.message)
        ? noMemoryForTable(this.bytes)
        : error;
    }
  }
}

export function stepArguments(rule: OptimizerRule, learningRate: number, step: number): StepArguments {
  return [rule, Float64Array.from(numbersOf(updateRules[rule], learningRate, step))];
}
