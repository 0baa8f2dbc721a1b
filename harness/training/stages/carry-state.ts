import type * as tf from '../../../tensors/index.ts';
import type { CarriedState } from './carried-state.ts';
import { none, type RowState } from '../../contract/backend.ts';
import type { Stage, StateOrigin, Table, Weight } from '../../contract/method.ts';
import { overlaps, tableRows, updatedShape } from '../../contract/table-shape.ts';
import type { VariableState } from '../../optimizers/dense-optimizer.ts';
import type { Trainer } from '../trainer.ts';

/**
 * Takes it from a trainer, which may then only be disposed. Undefined if the network starts anew. States of rows are in
 * this process's memory until the next stage has its tables: those before are disposed by then.
 */
export async function carryState(
  trainer: Trainer,
  { plan, contents, network: above, states }: Stage,
): Promise<CarriedState | undefined> {
  if (above === 'fresh') return undefined;
  const { embedding, network: kept } = trainer;
  const network = new Map<tf.Variable, VariableState>();
  for (const variable of kept.variables) {
    const state = trainer.releaseState(variable);
    if (state) network.set(variable, state);
  }
  const before: readonly (Table | Weight)[] = [...embedding.plan.tables, ...(embedding.plan.weights ?? [])];
  const originOf = (own: Table | Weight): StateOrigin | undefined =>
    states?.get(own) ?? (before.includes(own) ? { of: own } : undefined);
  const weights = new Map<Weight, VariableState>();
  for (const weight of plan.weights ?? []) {
    const origin = weight.frozen ? undefined : originOf(weight);
    if (origin === undefined || isTable(origin.of) || origin.of.frozen) continue;
    const state = trainer.releaseState(embedding.variableOf(origin.of));
    if (state) weights.set(weight, state);
  }
  const tables = new Map<Table, RowState>();
  // Nothing asks for states of rows that are converted and then served.
  const trains = plan.training?.share !== 0 || plan.next !== undefined;
  for (const table of trains ? plan.tables : []) {
    const origin = table.frozen ? undefined : originOf(table);
    if (origin === undefined || !isTable(origin.of) || origin.of.frozen) continue;
    const state = rowsOf(await embedding.rowsOf(origin.of).readState(), origin.of, table, origin.rows);
    if (origin.exceptZeros) forgetZeros(state, contents?.get(table));
    tables.set(table, state);
  }
  return { network, weights, tables, streamed: trainer.releaseEstimates() };
}

/** Changes the state in place. The one number of a row belongs to all its floats, and stays. */
function forgetZeros({ floats }: RowState, values: Float32Array | undefined): void {
  if (values === undefined) return;
  for (const state of floats)
    if (state.length === values.length) values.forEach((x, at) => x === 0 && (state[at] = 0));
}

const isTable = (either: Table | Weight): either is Table => 'parts' in either;

/** The state of a table whose rows were rows of another. */
function rowsOf(state: RowState, from: Table, to: Table, rows: Uint32Array | undefined): RowState {
  if (rows === undefined) return state;
  if (overlaps(from) || overlaps(to)) throw new RangeError('rows that overlap have no states apart');
  if (rows.length !== tableRows(to)) throw new RangeError(`${rows.length} origins for ${tableRows(to)} rows`);
  const [all] = updatedShape(from);
  const floats = state.floats.map((before) => {
    const width = before.length / all;
    const taken = new Float32Array(rows.length * width);
    rows.forEach((row, i) => {
      if (row === none) return;
      if (row >= all) throw new RangeError(`row ${row} is outside a table of ${all} rows`);
      for (let k = 0; k < width; k++) taken[i * width + k] = before[row * width + k];
    });
    return taken;
  });
  return { ...state, floats };
}
