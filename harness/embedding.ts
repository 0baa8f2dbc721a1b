import * as tf from '@tensorflow/tfjs';
import type { OpenBackend, OptimizerRule, OwnedIndices, RowGradient, Rows } from './contract/backend.ts';
import type { Indices } from './contract/indices.ts';
import type { Lookup, Plan, Table, Weight } from './contract/method.ts';
import { deriveSeed, random } from './contract/mix.ts';
import { HostIndices } from './host-indices.ts';
import { HostRows } from './host-rows.ts';

/**
 * A plan brought to life: its tables as rows of the backend, its weights as tfjs variables.
 *
 * Tables stay off the tape. tfjs would make a dense gradient as large as the table for every look-up; instead each
 * look-up is an operation with a gradient of its own that puts the rows' gradient aside and hands back a zero for an
 * anchor, a scalar variable that exists only to be differentiated.
 */
export class Embedding {
  /** The backend's, see there: undefined where results are there when they are returned. */
  readonly synchronize: OpenBackend['synchronize'];
  readonly variables: readonly tf.Variable[];
  private readonly rows = new Map<Table, Rows>();
  private readonly weights = new Map<Weight, tf.Variable>();
  private readonly anchor = tf.tidy(() => tf.variable(tf.scalar(0)));
  private readonly plan: Plan;
  private readonly createIndices: NonNullable<OpenBackend['createIndices']>;
  /** Ids of the batch being looked up. */
  private ids: OwnedIndices | undefined;
  /** What look-ups of the step so far have left behind. */
  private pending: { table: Table; gradient: RowGradient }[] = [];

  constructor(plan: Plan, backend: OpenBackend, rule: OptimizerRule, seed: number) {
    this.plan = plan;
    this.synchronize = backend.synchronize;
    this.createIndices = backend.createIndices ?? ((...ids) => new HostIndices(...ids, backend.indexLoops));
    const createRows = backend.createRows ?? ((...args) => new HostRows(...args));
    plan.tables.forEach((table, i) => {
      this.rows.set(table, createRows(table, rule, deriveSeed(seed, 'table', i)));
    });
    plan.weights?.forEach((weight, i) => {
      this.weights.set(weight, createWeight(weight, deriveSeed(seed, 'weight', i)));
    });
    this.variables = [...this.weights.values(), this.anchor];
  }

  /** Bytes of optimizer state of the tables. */
  get stateBytes(): number {
    return [...this.rows.values()].reduce((sum, { stateBytes }) => sum + stateBytes, 0);
  }

  /** ids: row-major [batch, fields]. Returns [batch, fields, dim]; under a tape, gradients of rows are put aside. */
  embed(ids: Uint32Array, batch: number, fields: number): tf.Tensor3D {
    this.ids?.dispose?.();
    this.ids = this.createIndices(ids, batch, fields);
    const lookup: Lookup = {
      ids: this.ids,
      rows: (table, indices) => this.lookUp(table, indices),
      weight: (weight) => found(this.weights.get(weight), 'weight'),
    };
    return this.plan.embed(lookup);
  }

  /** Updates every row that the step looked up. */
  update(learningRate: number): void {
    for (const [table, rows] of this.rows) {
      const gradients = this.pending.filter((entry) => entry.table === table).map(({ gradient }) => gradient);
      rows.update(gradients, learningRate);
    }
    this.clear();
  }

  save(): void {
    for (const rows of this.rows.values()) rows.save();
  }

  restore(): void {
    for (const rows of this.rows.values()) rows.restore();
  }

  /** The rows of a table of the plan, for tests and for stages after training. */
  rowsOf(table: Table): Rows {
    return found(this.rows.get(table), 'table');
  }

  dispose(): void {
    this.clear();
    for (const rows of this.rows.values()) rows.dispose();
    for (const variable of this.variables) variable.dispose();
  }

  private lookUp(table: Table, indices: Indices): tf.Tensor3D {
    const rows = found(this.rows.get(table), 'table');
    const { batch, fields } = indices;
    const lookup = tf.customGrad((anchor) => ({
      value: rows.gather(indices).reshape([batch, fields, table.width]),
      gradFunc: (dy: tf.Tensor) => {
        const gradient = tf.keep(tf.reshape<tf.Rank.R2>(dy, [batch * fields, table.width]));
        this.pending.push({ table, gradient: { indices, gradient } });
        return tf.zerosLike(anchor as tf.Tensor);
      },
    }));
    return lookup(this.anchor) as tf.Tensor3D;
  }

  private clear(): void {
    for (const { gradient } of this.pending) gradient.gradient.dispose();
    this.pending = [];
    this.ids?.dispose?.();
    this.ids = undefined;
  }
}

function createWeight({ shape, init }: Weight, seed: number): tf.Variable {
  const stream = random(seed);
  const values = Float32Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => {
    return init.mean + init.halfWidth * (2 * stream.uniform() - 1);
  });
  return tf.tidy(() => tf.variable(tf.tensor(values, [...shape])));
}

function found<T>(value: T | undefined, kind: string): T {
  if (value === undefined) throw new Error(`embed() used a ${kind} that its plan does not list`);
  return value;
}
