import type { Layer, Plan, RowGroup, Table } from '../../harness/contract/method.ts';
import { joinRows } from '../../harness/ops/join-rows.ts';
import { chosenIds } from '../shared/id-sets/chosen-ids.ts';
import { idSetMaps, mapBytes } from '../shared/id-sets/id-set.ts';
import { countIds, firstRows, idInit } from '../shared/rows/table-parts.ts';

type Shape = Pick<Layer, 'fields' | 'dim'>;

/** The most bytes that the list of ids takes, as every row has a float. */
export function idSetBytes({ fields, budget }: Pick<Layer, 'fields' | 'budget'>): number {
  const ids = countIds(fields);
  return mapBytes(idSetMaps({ ids, capacity: Math.min(ids, Math.floor(budget / 4)) }));
}

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
    const of = (list: readonly number[]) => members.map((f) => list[f]);
    return members.length > 0 ? [{ members, table, from: of(starts), to: of(ends) }] : [];
  });
  return {
    tables: groups.map(({ table }) => table),
    maps,
    choices: { widths, rows },
    toldApart: { byField: rows },
    embed(lookup) {
      const all = columns(lookup);
      const rows = groups.map(({ members, table, from, to }): RowGroup => {
        const indices = all.pick(members).within(from, to).plus(firstRows(table.parts));
        return { table, indices, fields: members };
      });
      return joinRows(lookup, rows, fields.length, dim);
    },
  };
}
