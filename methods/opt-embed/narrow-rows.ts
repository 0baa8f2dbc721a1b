import * as tf from '../../tensors/index.ts';
import type { Layer, Plan, Table } from '../../harness/contract/method.ts';
import { type FieldGroup, joinFields } from '../../harness/ops/join-fields.ts';
import { chosenIds } from '../shared/id-sets/chosen-ids.ts';
import { idSetMaps, mapBytes } from '../shared/id-sets/id-set.ts';
import { countIds, firstRows, idInit } from '../shared/rows/table-parts.ts';

type Shape = Pick<Layer, 'fields' | 'dim'>;

/** Bytes of `rows` rows of each field, of one width per field, and of the list of their ids. */
export function narrowRowBytes(
  { fields }: Shape,
  rows: readonly number[],
  widths: readonly number[],
): number {
  const ids = countIds(fields);
  const [count, floats] = rows.reduce(([count, floats], n, f) => [count + n, floats + n * widths[f]], [0, 0]);
  return 4 * floats + mapBytes(idSetMaps({ ids, capacity: count }));
}

/**
 * Ids that are `chosen`, ascending numbers over all fields, have a row of their field's width, and zeros in the other
 * coordinates; all others are zeros. Fields of like width share a table.
 */
export function planNarrowRows({ fields, dim }: Shape, chosen: Uint32Array, widths: readonly number[]): Plan {
  const { maps, starts, ends, columns } = chosenIds({ fields }, chosen);
  const rows = fields.map((_, f) => ends[f] - starts[f]);
  const groups = [...new Set(widths)].flatMap((width) => {
    const members = [...fields.keys()].filter((f) => widths[f] === width && rows[f] > 0);
    const parts = members.map((f) => ({ rows: rows[f], init: idInit(fields[f].cardinality) }));
    const table: Table = { width, parts };
    return members.length > 0 ? [{ members, table }] : [];
  });
  return {
    tables: groups.map(({ table }) => table),
    maps,
    choices: { widths, rows },
    toldApart: { byField: rows },
    embed(lookup) {
      const all = columns(lookup);
      const vectors = groups.map(({ members, table }): FieldGroup => {
        const of = (list: readonly number[]) => members.map((f) => list[f]);
        const ofMembers = all.pick(members).within(of(starts), of(ends)).plus(firstRows(table.parts));
        const narrow = lookup.rows(table, ofMembers);
        return { vectors: tf.pad(narrow, [[0, 0], [0, 0], [0, dim - table.width]]), fields: members }; // prettier-ignore
      });
      return joinFields(vectors, fields.length, dim);
    },
  };
}
