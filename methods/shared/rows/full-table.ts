import type { Tensor3D } from '../../../tensors/index.ts';
import { type Embed, knownEmbed } from '../../../harness/contract/known-embed.ts';
import type { Layer, Lookup, Step, Table } from '../../../harness/contract/method.ts';
import { fieldOffsets, rowPerId } from './table-parts.ts';
import { distinctRows, type DistinctRows } from '../../../harness/contract/distinct-rows.ts';

/** A table with a row for every id of all fields, field after field. */
export interface FullTable {
  readonly table: Table;
  /** First row of each field: the row of an id is this and the id. */
  readonly offsets: readonly number[];
  /** Rows of a batch, [batch, fields, width]; of `from` where it is given, a table with the same rows. */
  readonly vectors: (lookup: Pick<Lookup, 'ids' | 'rows'>, from?: Table) => Tensor3D;
  /** The embed() of a plan that trains the table alone, as the uncompressed baseline does: such trainings are shared. */
  readonly embed: Embed;
  /** Rows of one field, [ids of the field, width], a view of `values`, the rows of the whole table. */
  readonly rowsOf: (values: Float32Array, field: number) => Float32Array;
}

const rowOfEveryId = knownEmbed(
  'a row of every id',
  (offsets: readonly number[], [table]: readonly [Table]) =>
    ({ ids, rows }) =>
      rows(table, ids.plus(offsets)),
);

/** `width` is that of a row. */
export function fullTable({ fields }: Pick<Layer, 'fields'>, width: number): FullTable {
  const table: Table = { width, parts: fields.map(rowPerId) };
  const offsets = fieldOffsets(fields);
  return {
    table,
    offsets,
    embed: rowOfEveryId(offsets, [table]),
    vectors: ({ ids, rows }, from = table) => rows(from, ids.plus(offsets)),
    rowsOf: (values, f) => values.subarray(offsets[f] * width, (offsets[f] + fields[f].cardinality) * width),
  };
}

/** Rows of a table with a row per id, one field after the other, that a step looked up. */
export function touchedRows({ ids }: Pick<Step, 'ids'>, offsets: readonly number[]): DistinctRows {
  const fields = offsets.length;
  return distinctRows([ids.map((id, at) => id + offsets[at % fields])]);
}

/** Gradients of these rows, [rows, width], where the only lookup of the step was that of its ids: summed over the batch. */
export async function gradientsOfRows(
  { gradients }: Pick<Step, 'gradients'>,
  { rows, positions }: DistinctRows,
): Promise<Float32Array> {
  const [{ gradient }] = gradients;
  const values = await gradient.data<'float32'>();
  const [, width] = gradient.shape;
  const sums = new Float32Array(rows.length * width);
  for (let i = 0, from = 0; i < positions.length; i++)
    for (let k = 0, to = positions[i] * width; k < width; k++) sums[to++] += values[from++];
  return sums;
}
