import * as tf from '../../../tensors/index.ts';
import { topK } from '../../../base/top-k.ts';
import type { Infeasible, Layer, Plan, Stage, Table } from '../../../harness/contract/method.ts';
import { infeasible } from '../../../harness/contract/size.ts';
import { nonZerosWithin, sparseBytes } from '../../../harness/contract/storage.ts';
import { tableFloats } from '../../../harness/contract/table-shape.ts';
import { firstRows } from '../rows/table-parts.ts';
import { convertRows } from '../rows/convert-rows.ts';
import { type FullTable, fullTable } from '../rows/full-table.ts';

/** Rows per id that are served with all but some of their floats zero. */
export interface SparseRows extends FullTable {
  /** The same rows, stored sparse. */
  readonly served: Table;
  /** The floats that are stored. */
  readonly nonZeros: number;
}

/** The plan of a method that trains a row per id and serves less. Where the budget has room for all, they are served. */
export function unlessFull(
  layer: Layer,
  compressed: (full: FullTable) => Plan | Infeasible,
): Plan | Infeasible {
  const full = fullTable(layer, layer.dim);
  return layer.budget >= 4 * tableFloats(full.table)
    ? {
        tables: [full.table],
        choices: { density: 1 },
        embed: full.embed,
        converter: convertRows(layer.fields, full.table, { density: 1 }),
      }
    : compressed(full);
}

/**
 * The plan of a method that trains a row per id and serves some of the floats: as many as fit the budget, with what says
 * where they are; at least one.
 */
export function planSparse(layer: Layer, plan: (rows: SparseRows) => Plan): Plan | Infeasible {
  return unlessFull(layer, (full) => {
    const floats = tableFloats(full.table);
    const nonZeros = nonZerosWithin(layer.budget, floats);
    if (nonZeros < 1) return infeasible(sparseBytes(floats, 1), layer.budget, 'one float');
    const served: Table = { ...full.table, stored: { kind: 'sparse', nonZeros } };
    return { serving: { tables: [served] }, ...plan({ ...full, served, nonZeros }) };
  });
}

/** Training of a stage that continues with the floats that are left, or trains them anew. */
export interface Retraining {
  readonly name: string;
  readonly network: Stage['network'];
  readonly share: number;
}

/**
 * The stage that is served: `values`, row after row, of which no more than `served` stores may be other than zero. Those are trained
 * on for `share` of the run, and the zeros stay zeros. Where the network is kept, the other floats are the same as in the
 * table before, and continue with what is known of them.
 */
export function sparseStage(
  { table, served, vectors }: Pick<SparseRows, 'table' | 'served' | 'vectors'>,
  values: Float32Array,
  { name, network, share }: Retraining,
): Stage {
  const plan: Plan = {
    tables: [served],
    choices: { density: nonZerosOf(values) / values.length, widths: meanWidths(served, values) },
    embed: (lookup) => keepZeros(vectors(lookup, served)),
    training: { name, share },
  };
  const states = new Map([[served, { of: table, exceptZeros: true }]] as const);
  return { plan, contents: new Map([[served, values]]), network, states };
}

/** The values at the `count` places whose scores are largest in magnitude, zeros elsewhere. */
export function keepLargest(values: Float32Array, count: number, scores = values): Float32Array {
  const kept = new Float32Array(values.length);
  for (const at of topK(scores, count)) kept[at] = values[at];
  return kept;
}

/** The same numbers, but those that are zero are not trained: a mask that takes no memory. */
export function keepZeros(rows: tf.Tensor3D): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const [x, save] = args as unknown as [tf.Tensor3D, tf.GradSaveFunc];
    save([x]);
    return {
      value: x.clone(),
      gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => tf.mul(dy, tf.cast(tf.notEqual(x, 0), 'float32')),
    };
  });
  return op(rows);
}

/** Floats that are not zero per row, part by part, to a hundredth. */
function meanWidths({ width, parts }: Table, values: Float32Array): number[] {
  const offsets = firstRows(parts);
  return parts.map(({ rows }, i) => {
    const ofPart = values.subarray(offsets[i] * width, (offsets[i] + rows) * width);
    return Math.round((100 * nonZerosOf(ofPart)) / rows) / 100;
  });
}

function nonZerosOf(values: Float32Array): number {
  let count = 0;
  for (const x of values) if (x !== 0) count++;
  return count;
}
