import type { Tensor3D } from '../../../tensors/index.ts';
import type { Layer, Lookup, RowGroup, StateOrigin, Table } from '../../../harness/contract/method.ts';
import { joinRows } from '../../../harness/ops/join-rows.ts';
import { countIds, firstRows, rowPerId, rowsOfFields } from './table-parts.ts';

/** Vectors of some of the fields, [batch, members, dim]; a field that several have gets the sum. */
export interface Members {
  readonly fields: readonly number[];
  readonly embed: (lookup: Lookup) => Tensor3D;
  /** Rows in place of the vectors, where that is all that they are. */
  readonly group?: (lookup: Lookup) => RowGroup;
}

/** Fields of a layer with a row for every id, in a table of their own. */
export interface UncompressedFields extends Members {
  /** The table, [ids of these fields, dim]; none without such fields. */
  readonly tables: readonly Table[];
  /** Its rows. */
  readonly rows: number;
  /** The rows of the fields, if there are any, to be put together with others. */
  groups(lookup: Lookup): RowGroup[];
  /** Vectors of all fields, [batch, fields, dim]: of these, and of `others` that have members. */
  embedBeside(lookup: Lookup, others: readonly Members[]): Tensor3D;
  /** First contents of the table, from the rows of each field, [ids, dim]. */
  contents(rowsOf: (field: number) => Float32Array): [Table, Float32Array][];
  /** The table continues as the rows of the same ids in `before`, a table with a row for every id of all fields. */
  states(before: Table): [Table, StateOrigin][];
}

/** `members`: positions of the fields, ascending. */
export function uncompressedFields(
  { fields, dim }: Pick<Layer, 'fields' | 'dim'>,
  members: readonly number[],
): UncompressedFields {
  const table: Table = { width: dim, parts: members.map((f) => rowPerId(fields[f])) };
  const offsets = firstRows(table.parts);
  const rows = countIds(members.map((f) => fields[f]));
  const tables = members.length > 0 ? [table] : [];
  const indices = ({ ids }: Lookup) => ids.pick(members).plus(offsets);
  const own: Members = {
    fields: members,
    embed: (lookup) => lookup.rows(table, indices(lookup)),
    group: (lookup) => ({ table, indices: indices(lookup), fields: members }),
  };
  const groups = (lookup: Lookup) =>
    members.length > 0 ? [{ table, indices: indices(lookup), fields: members }] : [];
  return {
    ...own,
    tables,
    rows,
    groups,
    embedBeside(lookup, others) {
      const beside = others
        .filter(({ fields }) => fields.length > 0)
        .map(({ fields, embed, group }) => (group ? group(lookup) : { fields, vectors: embed(lookup) }));
      return joinRows(lookup, [...groups(lookup), ...beside], fields.length, dim);
    },
    contents: (rowsOf) =>
      tables.map((table) => {
        const values = new Float32Array(rows * dim);
        members.forEach((f, i) => values.set(rowsOf(f), offsets[i] * dim));
        return [table, values];
      }),
    states: (before) => tables.map((table) => [table, { of: before, rows: rowsOfFields(fields, members) }]),
  };
}
