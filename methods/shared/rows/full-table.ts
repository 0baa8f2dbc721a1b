import type { Tensor3D } from '../../../tensors/index.ts';
import type { Layer, Lookup, Table } from '../../../harness/contract/method.ts';
import { countIds, fieldOffsets, rowPerId } from './table-parts.ts';

/** A table with a row for every id of all fields, field after field. */
export interface FullTable {
  readonly table: Table;
  /** First row of each field: the row of an id is this and the id. */
  readonly offsets: readonly number[];
  /** Rows of a batch, [batch, fields, width]; of `from` where it is given, a table with the same rows. */
  readonly vectors: (lookup: Pick<Lookup, 'ids' | 'rows'>, from?: Table) => Tensor3D;
  /** Rows of one field, [ids of the field, width], a view of `values`, the rows of the whole table. */
  readonly rowsOf: (values: Float32Array, field: number) => Float32Array;
}

/** `width` is that of a row. */
export function fullTable({ fields }: Pick<Layer, 'fields'>, width: number): FullTable {
  const table: Table = { width, parts: fields.map(rowPerId) };
  const offsets = fieldOffsets(fields);
  return {
    table,
    offsets,
    vectors: ({ ids, rows }, from = table) => rows(from, ids.plus(offsets)),
    rowsOf: (values, f) => values.subarray(offsets[f] * width, (offsets[f] + fields[f].cardinality) * width),
  };
}

/** Rows of some fields, one field after the other, as numbers in a table with a row for every id of all fields. */
export function rowsOfFields({ fields }: Pick<Layer, 'fields'>, some: readonly number[]): Uint32Array {
  const offsets = fieldOffsets(fields);
  const rows = new Uint32Array(countIds(some.map((f) => fields[f])));
  let to = 0;
  for (const f of some) for (let id = 0; id < fields[f].cardinality; id++) rows[to++] = offsets[f] + id;
  return rows;
}
