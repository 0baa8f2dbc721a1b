import * as tf from '@tensorflow/tfjs';
import {
  adagradEpsilon,
  adam,
  type OptimizerRule,
  type RowGradient,
  type Rows,
} from '../../harness/contract/backend.ts';
import type { Table } from '../../harness/contract/method.ts';
import { deriveSeed } from '../../harness/contract/mix.ts';
import type { StepArguments, TableHandle } from './addon.ts';
import type { NativeBackend } from './backend.ts';

/** Table rows in memory of the add-on, gathered and updated in place by its threads. */
export class NativeRows implements Rows {
  readonly table: Table;
  readonly stateBytes: number;
  private readonly backend: NativeBackend;
  private readonly rule: OptimizerRule;
  private readonly handle: TableHandle;
  private step = 0;

  constructor(backend: NativeBackend, table: Table, rule: OptimizerRule, seed: number) {
    const { addon } = backend;
    this.backend = backend;
    this.table = table;
    this.rule = rule;
    const rows = table.parts.reduce((sum, part) => sum + part.rows, 0);
    this.handle = addon.createTable(rows, table.width, table.width, rule);
    this.stateBytes = addon.tableStateBytes(this.handle);
    let from = 0;
    table.parts.forEach(({ rows, init }, i) => {
      const to = from + rows * table.width;
      addon.fillTable(this.handle, from, to, init.mean, init.halfWidth, deriveSeed(seed, i));
      from = to;
    });
  }

  gather(indices: Uint32Array): tf.Tensor2D {
    const rows = this.backend.output([indices.length, this.table.width], 'float32');
    this.backend.addon.gatherRows(this.handle, indices, rows.values);
    return tf.engine().makeTensorFromTensorInfo(rows) as tf.Tensor2D;
  }

  update(lookups: readonly RowGradient[], learningRate: number): void {
    this.step++;
    this.backend.addon.updateTable(
      this.handle,
      lookups.map(({ indices }) => indices),
      lookups.map(({ gradient }) => this.backend.floats(gradient)),
      ...stepArguments(this.rule, learningRate, this.step),
    );
  }

  read(from: number, to: number): Promise<Float32Array> {
    const { width } = this.table;
    const rows = new Float32Array((to - from) * width);
    this.backend.addon.readTable(this.handle, from * width, to * width, rows);
    return Promise.resolve(rows);
  }

  save(): void {
    this.backend.addon.saveTable(this.handle);
  }

  restore(): void {
    this.backend.addon.restoreTable(this.handle);
  }

  dispose(): void {
    this.backend.addon.freeTable(this.handle);
  }
}

export function stepArguments(rule: OptimizerRule, learningRate: number, step: number): StepArguments {
  const epsilon = rule === 'adam' ? adam.epsilon : adagradEpsilon;
  return [rule, learningRate, step, epsilon, adam.beta1, adam.beta2];
}
