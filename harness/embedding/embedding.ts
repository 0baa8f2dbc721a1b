import * as tf from '../../tensors/index.ts';
import type {
  IndexLoops,
  OpenBackend,
  OptimizerRule,
  OwnedIndices,
  Rows,
  RowState,
} from '../contract/backend.ts';
import type { TrainingPractice } from '../contract/training-practice.ts';
import type { Batch } from '../contract/data.ts';
import type { Indices } from '../contract/indices.ts';
import type { Plan, RowGroup, Stage, Table, VectorGroup, Weight } from '../contract/method.ts';
import { poolValues } from '../ops/pool-values.ts';
import { deriveSeed } from '../../base/hash.ts';
import { tableRows, trainedBytes } from '../contract/size.ts';
import { batchRows, type Pooled } from './batch-rows.ts';
import { joinLookedUp } from './join-looked-up.ts';
import { indicesInMemory } from './indices-in-memory.ts';
import { initialWeight } from './initial-weight.ts';
import { l2Penalty } from './l2-of-rows.ts';
import { gatherRows, lookUpRows } from './look-up.ts';
import { lacksRule } from '../optimizers/missing-rules.ts';
import { PendingGradients, type PendingLookups } from './pending-gradients.ts';
import { type LookedUp, stepDone, type StepOf } from './step-done.ts';
import { createRows, fillRows } from './table-rows.ts';
import { TrainingClock } from './training-clock.ts';

/** The part of a batch that is looked up, and its labels for what the plan does after the step. */
type LookedUpBatch = Pick<Batch, 'ids' | 'size' | 'further'> & Partial<Pick<Batch, 'labels'>>;

/**
 * A plan brought to life: its tables as rows of the backend, its weights as tfjs variables.
 *
 * Tables stay off the tape. tfjs would make a dense gradient as large as the table for every lookup; instead each
 * lookup is an operation with a gradient of its own that puts the rows' gradient aside and hands back a zero for an
 * anchor, a scalar variable that exists only to be differentiated.
 */
export class Embedding {
  readonly plan: Plan;
  /** The backend's, see there: undefined if results are there when they are returned. */
  readonly synchronize: OpenBackend['synchronize'];
  /** The backend's, see there. */
  readonly replaySteps: OpenBackend['replaySteps'];
  /** The place of the training step that runs. */
  readonly clock = new TrainingClock();
  /** True if the backend has no kernels for a rule. */
  readonly lacksRule: (rule: OptimizerRule) => boolean;
  readonly anchor = tf.tidy(() => tf.variable(tf.scalar(0)));
  /** Most bytes that rows' gradients have taken in a step so far, a row's as often as it was looked up. */
  rowGradientBytes = 0;
  private readonly rows = new Map<Table, Rows>();
  private readonly weights = new Map<Weight, tf.Variable>();
  private readonly createIndices: NonNullable<OpenBackend['createIndices']>;
  private readonly computeLoop: IndexLoops['compute'];
  private readonly joinedRows: OpenBackend['joinedRows'];
  private readonly l2Rows: number;
  /** The batch being looked up. */
  private batch: LookedUp | undefined;
  /** Indices computed for it beside what is derived from its ids. */
  private computed: OwnedIndices[] = [];
  /** The gradients that lookups of the step so far have left behind. */
  private readonly pending = new PendingGradients();
  private penalties: tf.Scalar[] = [];
  /** Values of maps as `save` keeps them, where steps may change them. */
  savedMaps: readonly Uint32Array[] = [];

  constructor(
    plan: Plan,
    backend: OpenBackend,
    rule: OptimizerRule,
    seed: number,
    contents: Stage['contents'] = new Map<Table | Weight, Float32Array>(),
    states: ReadonlyMap<Table, RowState> = new Map<Table, RowState>(),
    { l2Rows = 0 }: Pick<TrainingPractice, 'l2Rows'> = {},
  ) {
    this.plan = plan;
    this.l2Rows = l2Rows;
    this.synchronize = backend.synchronize;
    this.replaySteps = backend.replaySteps;
    this.createIndices = backend.createIndices ?? ((...ids) => indicesInMemory(...ids, backend.indexLoops));
    this.computeLoop = backend.createIndices
      ? backend.computeIds
      : backend.indexLoops?.compute?.bind(backend.indexLoops);
    this.lacksRule = (rule) => lacksRule(backend, rule);
    this.joinedRows = backend.createIndices ? undefined : backend.joinedRows;
    plan.tables.forEach((table, i) => {
      const rows = createRows(backend, table, table.frozen ? 'sgd' : rule, deriveSeed(seed, 'table', i));
      this.rows.set(table, rows);
      const values = contents.get(table);
      if (values) fillRows(rows, values);
      const state = states.get(table);
      if (state) rows.writeState(state);
    });
    plan.weights?.forEach((weight, i) => {
      const values = contents.get(weight) ?? initialWeight(weight, deriveSeed(seed, 'weight', i));
      this.weights.set(
        weight,
        tf.tidy(() => tf.variable(tf.tensor(values.slice(), [...weight.shape]))),
      );
    });
  }

  /** The variables that train and are not a table's row. The anchor is among them, so that lookups are reached. */
  get variables(): readonly tf.Variable[] {
    const trained = [...this.weights].filter(([{ frozen }]) => !frozen).map(([, variable]) => variable);
    return [...trained, this.anchor];
  }

  variableOf(weight: Weight): tf.Variable {
    return found(this.weights.get(weight), 'weight');
  }

  /** Bytes of rows, weights and maps. */
  get bytes(): number {
    return trainedBytes(this.plan);
  }

  /** Bytes of optimizer state of the tables. */
  get stateBytes(): number {
    return [...this.rows.values()].reduce((sum, { stateBytes }) => sum + stateBytes, 0);
  }

  /**
   * ids: row-major [batch, fields]. Returns [batch, fields, dim]; under a tape, gradients of rows are put aside. `embed`:
   * in place of the plan's own.
   */
  embed(
    ids: Uint32Array,
    batch: number,
    fields: number,
    training?: StepOf,
    embed = this.plan.embed.bind(this.plan),
    pooled?: Pooled,
    labels?: Float32Array,
  ): tf.Tensor3D {
    this.forget();
    const indices = this.createIndices(ids, batch, fields);
    const { clock } = this;
    if (training) clock.set(training.index, training.steps);
    this.batch = {
      ...{ ids, size: batch, indices },
      ...(training && { training }),
      ...(pooled && { pooled }),
      ...(labels && { labels }),
    };
    return embed({
      ids: indices,
      rows: (table, indices) => this.lookUp(table, indices),
      weight: (weight) => this.variableOf(weight),
      join: (groups, fields, dim) => this.join(groups, [batch, fields, dim]),
      compute: (rowsOf, columns) => {
        const loop = (ids: Uint32Array) => clock.unwatched(() => rowsOf(ids));
        const computed = this.createIndices(
          this.computeLoop?.(loop, ids, String(rowsOf)) ?? loop(ids),
          batch,
          columns,
        );
        this.computed.push(computed);
        return computed;
      },
      penalize: (loss) => {
        if (training) this.penalties.push(loss);
      },
      ...(training && { training: clock }),
    });
  }

  /** The same for a batch, with one vector for all values of a pooled field: [size, fields, dim]. */
  embedBatch(batch: LookedUpBatch, training?: StepOf, embed?: Plan['embed']): tf.Tensor3D {
    const { ids, size, labels } = batch;
    const { rows, pooled } = batchRows(batch);
    const vectors = this.embed(ids, rows, ids.length / rows, training, embed, pooled, labels);
    return pooled ? poolValues(vectors, size, pooled.further) : vectors;
  }

  /** The terms that embed() added to the loss of this batch. */
  takePenalties(): tf.Scalar[] {
    return this.penalties.splice(0);
  }

  /** Updates every row that the step looked up. */
  update(learningRate: number): void {
    this.rowGradientBytes = Math.max(this.rowGradientBytes, this.pending.bytes);
    for (const [table, rows] of this.rows)
      if (!table.frozen) rows.update(this.pending.of(table), learningRate);
    if (this.plan.afterStep === undefined) this.forget();
  }

  /** The gradients that a step leaves for the plan's afterStep: none if it has none. */
  get left(): Pick<PendingGradients, 'lookups' | 'tensors'> {
    return this.pending;
  }

  /** Takes over what a step has left that the backend has replayed, as if embed() and update() had run. */
  resume(
    batch: LookedUpBatch,
    training: StepOf,
    lookups: PendingLookups,
    tensors: readonly tf.Tensor[],
  ): void {
    if (this.plan.afterStep === undefined) return;
    const { ids, labels } = batch;
    const { rows, pooled } = batchRows(batch);
    const indices = this.createIndices(ids, rows, ids.length / rows);
    this.batch = { ids, size: rows, indices, training, ...(pooled && { pooled }), ...(labels && { labels }) };
    this.pending.put(lookups, tensors, indices);
  }

  /** Once a step's updates are done: what the plan does then. */
  async afterStep(): Promise<void> {
    const { plan, batch } = this;
    if (plan.afterStep && batch?.training)
      await plan.afterStep(
        stepDone(batch, batch.training, this.pending.inOrder, {
          rowsOf: (table) => this.rowsOf(table),
          createIndices: this.createIndices,
          readWeight: async (weight) => (await this.variableOf(weight).data<'float32'>()).slice(),
        }),
      );
    this.forget();
  }

  /** Forgets the batch that was looked up last, and what it has left. */
  forget(): void {
    this.pending.clear();
    this.batch?.indices.dispose?.();
    this.batch = undefined;
    for (const indices of this.computed.splice(0)) indices.dispose?.();
    this.penalties = [];
  }

  save(): void {
    for (const rows of this.rows.values()) rows.save();
    if (this.plan.afterStep) this.savedMaps = (this.plan.maps ?? []).map(({ values }) => values.slice());
  }

  restore(): void {
    for (const rows of this.rows.values()) rows.restore();
    this.savedMaps.forEach((values, i) => this.plan.maps![i].values.set(values));
  }

  /** Copies of the rows of tables that train, table after table. */
  async readTrained(): Promise<Float32Array[]> {
    const values: Float32Array[] = [];
    for (const rows of this.trainedRows) values.push(await rows.read(0, tableRows(rows.table)));
    return values;
  }

  /** Sets them to such values. Their optimizer state stays. */
  writeTrained(values: readonly Float32Array[]): void {
    this.trainedRows.forEach((rows, i) => fillRows(rows, values[i], true));
  }

  /** The rows of a table of the plan, for tests and for stages after training. */
  rowsOf(table: Table): Rows {
    return found(this.rows.get(table), 'table');
  }

  dispose(): void {
    this.forget();
    for (const rows of this.rows.values()) rows.dispose();
    for (const variable of [...this.weights.values(), this.anchor]) variable.dispose();
  }

  private get trainedRows(): Rows[] {
    return [...this.rows.values()].filter(({ table }) => !table.frozen);
  }

  private lookUp(table: Table, indices: Indices): tf.Tensor3D {
    const rows = this.rowsOf(table);
    if (table.frozen) return gatherRows(rows, indices);
    const { training, pooled } = this.batch ?? {};
    const lambda = training ? this.l2Rows : 0;
    const values = lookUpRows(rows, indices, {
      anchor: this.anchor,
      take: this.taker(table),
      pooledL2: lambda > 0 && pooled ? { pooled, lambda } : undefined,
    });
    if (lambda > 0 && !pooled) this.penalties.push(l2Penalty(values, lambda));
    return values;
  }

  private join(
    groups: readonly (RowGroup | VectorGroup)[],
    shape: readonly [batch: number, fields: number, dim: number],
  ): tf.Tensor3D | undefined {
    const { joinedRows } = this;
    // A penalty is of the rows themselves.
    if (joinedRows === undefined || (this.batch?.training && this.l2Rows > 0)) return undefined;
    return joinLookedUp(
      joinedRows,
      {
        anchor: this.anchor,
        rowsOf: (table) => this.rowsOf(table),
        order: (table) => this.taker(table),
      },
      groups,
      shape,
    );
  }

  /** Keeps the gradient of the next lookup of a step. */
  private taker(table: Table): (indices: Indices, gradient: tf.Tensor2D) => void {
    const order = this.pending.nextOrder();
    return (indices, gradient) => this.pending.add({ table, order }, { indices, gradient });
  }
}

function found<T>(value: T | undefined, kind: string): T {
  if (value === undefined) throw new Error(`embed() used a ${kind} that its plan does not list`);
  return value;
}
