import type { Case, Conversion, FieldRecipe, RowSource } from '../../../harness/contract/conversion.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { hash32 } from '../../../base/hash.ts';
import { idSetMaps, storedSet } from '../id-sets/id-set.ts';
import { piecesOf, rowsOfIds, takePieces } from '../rows/row-source.ts';
import { firstRows } from '../rows/table-parts.ts';
import { hottestOf } from './hot-ids.ts';

/** A table in which the most frequent ids of each field have a row each, in the order of the ids, and the others share some. */
export interface HotAndShared {
  readonly fields: readonly Field[];
  /** Rows of each field: those of hot ids, then the shared ones. */
  readonly table: Table;
  /** Hot ids of each field. */
  readonly hot: readonly number[];
  /** Rows that the others of a field share. */
  readonly shared: number;
  /** The seed of the hash that spreads them, where there are several. */
  readonly seedOf: (field: number) => number;
  /** Fields whose ids are in the order of their counts; each of the others has its hot ids in a set. */
  readonly sorted: readonly boolean[];
}

/** Rows of hot ids as they are; a shared row is the mean of those it stands for by their counts, of all alike if none was seen. */
export function hotAndSharedRows(
  of: HotAndShared,
  rowsOf: (field: number) => RowSource,
): Pick<Conversion, 'tables' | 'recipe'> {
  const { fields, table, hot } = of;
  const members = fields.map((field, f) => hotOf(field, hot[f], of.sorted[f]));
  function* pieces(): Iterable<Float32Array> {
    for (let f = 0; f < fields.length; f++) {
      yield* takePieces(rowsOf(f), members[f]);
      if (hot[f] < fields[f].cardinality) yield sharedRows(of, f, rowsOf(f), members[f]);
    }
  }
  return { tables: new Map([[table, pieces]]), recipe: recipes(of) };
}

function hotOf(field: Field, hot: number, sorted: boolean): Uint32Array {
  if (sorted || hot === 0 || hot === field.cardinality) return new Uint32Array(hot).map((_, id) => id);
  return hottestOf(field, hot);
}

/** [shared, width] */
function sharedRows(
  { fields, shared, seedOf }: HotAndShared,
  f: number,
  rows: RowSource,
  hot: Uint32Array,
): Float32Array {
  const { width } = rows;
  const { counts } = fields[f];
  const rowOf = shared === 1 ? () => 0 : (id: number) => hash32(id, seedOf(f)) % shared;
  // Sums by count, and of all alike, which take their place in rows whose ids were never seen.
  const [byCount, alike] = [new Float64Array(shared * width), new Float64Array(shared * width)];
  const [lookups, ids] = [new Float64Array(shared), new Float64Array(shared)];
  let next = 0;
  for (const { first, values } of piecesOf(rows))
    for (let from = 0, id = first; from < values.length; from += width, id++) {
      if (next < hot.length && hot[next] === id) {
        next++;
        continue;
      }
      const row = rowOf(id);
      lookups[row] += counts[id];
      ids[row]++;
      for (let k = 0; k < width; k++) {
        byCount[row * width + k] += counts[id] * values[from + k];
        alike[row * width + k] += values[from + k];
      }
    }
  return Float32Array.from(byCount, (sum, at) => {
    const row = Math.floor(at / width);
    if (lookups[row] > 0) return sum / lookups[row];
    return ids[row] > 0 ? alike[at] / ids[row] : 0;
  });
}

function recipes({ fields, table, hot, shared, seedOf, sorted }: HotAndShared): FieldRecipe[] {
  let maps = 0;
  return fields.map(({ cardinality }, f) => {
    const first = firstRows(table.parts)[f];
    if (hot[f] === cardinality) return [rowsOfIds(cardinality, 0, first)];
    const shape = { ids: cardinality, capacity: hot[f] };
    const own: Case[] = [];
    if (sorted[f]) own.push(rowsOfIds(hot[f], 0, first));
    else if (hot[f] > 0) {
      const set = storedSet(shape, maps);
      own.push({ ...rowsOfIds(hot[f], 0, first), ids: { kind: 'in', set, offset: 0, first: 0 } });
      maps += idSetMaps(shape).length;
    }
    const of = first + hot[f];
    const row = shared === 1 ? ({ first: of, add: 'nothing' } as const) : ({ first: of, add: 'hash', seed: seedOf(f), rows: shared } as const); // prettier-ignore
    return [...own, { ids: { kind: 'below', end: cardinality }, terms: [{ table: 0, row, at: 0 }] }];
  });
}
