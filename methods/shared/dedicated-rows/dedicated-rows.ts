import * as tf from '../../../tensors/index.ts';
import { idsOfUncompressed } from '../../../harness/contract/keys.ts';
import type {
  Layer,
  Lookup,
  Plan,
  Stage,
  Step,
  Table,
  ToldApart,
  Trained,
} from '../../../harness/contract/method.ts';
import { type DedicatedRowsShape, type FrequencyTiers, RowNumbers } from './row-numbers.ts';

/**
 * One table of rows that ids have to themselves and of rows that ids are hashed to, so that an id that gets a row takes
 * along what it had: row and optimizer state.
 */
export class DedicatedRows {
  readonly table: Table;
  readonly numbers: RowNumbers;
  readonly shape: DedicatedRowsShape;
  private readonly fields: Layer['fields'];

  constructor(layer: Layer, shape: DedicatedRowsShape) {
    this.shape = shape;
    this.fields = layer.fields;
    this.numbers = new RowNumbers(layer, shape);
    this.table = { width: layer.dim, parts: this.numbers.parts };
  }

  /** All ids of uncompressed fields, and those that training finds, whichever they are. */
  get toldApart(): ToldApart {
    const { tracked, uncompressed } = this.shape;
    return { ...idsOfUncompressed(this.fields, (f) => uncompressed[f]), anyField: tracked };
  }

  plan(tiers: FrequencyTiers): Plan {
    const { dedicated, rows, secondRows } = this.shape;
    return {
      tables: [this.table],
      choices: { hotRows: dedicated, rows, ...(secondRows.length > 0 && { secondRows }) },
      toldApart: this.toldApart,
      embed: (lookup) => this.embed(lookup, tiers),
    };
  }

  /** Vectors of a batch: [batch, fields, dim]. The first lookup is of all fields. */
  private embed({ compute, rows, ids }: Lookup, tiers: FrequencyTiers): tf.Tensor3D {
    const { table, shape, numbers } = this;
    const { fields } = ids;
    const columns = shape.secondRows.length === 0 ? fields : 2 * fields;
    const { formula } = tiers;
    const indices = compute(
      (batch) => numbers.rowsOf(batch, tiers),
      columns,
      formula && ((all) => numbers.rowsIn(all, formula)),
    );
    if (columns === fields) return rows(table, indices);
    const half = (t: number) =>
      rows(table, indices.pick(Array.from({ length: fields }, (_, f) => t * fields + f)));
    return tf.add(half(0), half(1));
  }

  /**
   * Gives the rows `to` to ids, whose vectors stay as they are. What the optimizer knows of the (first) hashed row goes
   * along where `keepState` says so.
   */
  async promote(step: Step, keys: Uint32Array, to: Uint32Array, keepState = true): Promise<void> {
    if (keys.length === 0) return;
    const { table, shape, numbers } = this;
    const ids = Array.from(keys, (key) => numbers.idOf(key));
    const from = Uint32Array.from(ids, ({ field, id }) => numbers.sharedRow(field, id));
    if (keepState) step.copy(table, from, to);
    else step.write(table, to, await step.read(table, from));
    if (shape.secondRows.length === 0) return;
    const sums = await step.read(table, from);
    const second = await step.read(
      table,
      Uint32Array.from(ids, ({ field, id }) => numbers.secondRow(field, id)),
    );
    step.write(
      table,
      to,
      sums.map((x, i) => x + second[i]),
      keepState,
    );
  }
}

/**
 * The stage after training in which dedicated rows have changed hands: the same table, its first rows in another order, so
 * that it takes less to say whose they are. `rows`: for each of the first rows the one whose values it gets.
 * No stage trains them after this, so that their optimizer state is dropped.
 */
export async function compactRows(plan: Plan, rows: Uint32Array, trained: Trained): Promise<Stage> {
  const [table] = plan.tables;
  const { width } = table;
  const values = await trained.rows(table);
  const before = values.slice(0, table.parts[0].rows * width);
  rows.forEach((from, row) => values.set(before.subarray(from * width, (from + 1) * width), row * width));
  return {
    plan: { ...plan, training: { share: 0 } },
    contents: new Map([[table, values]]),
    network: 'kept',
  };
}
