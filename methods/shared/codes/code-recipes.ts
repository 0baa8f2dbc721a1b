import type { Case, FieldRecipe, Term } from '../../../harness/contract/conversion.ts';
import type { Field } from '../../../harness/contract/data.ts';
import type { IdMap } from '../../../harness/contract/indices.ts';
import { idSetMaps, storedSet } from '../id-sets/id-set.ts';
import { rowsOfIds } from '../rows/row-source.ts';
import { firstRows } from '../rows/table-parts.ts';
import type { UncompressedFields } from '../rows/uncompressed-fields.ts';
import type { CodeLayout } from './code-layout.ts';
import type { CodeMaps } from './code-maps.ts';

/** The places of what a coded layer stores, from which its recipes are made. */
export interface CodePlaces {
  readonly layout: CodeLayout;
  readonly fields: readonly Field[];
  readonly coded: readonly number[];
  readonly uncompressed: UncompressedFields;
  /** Map and first code of each piece of each coded field, and the first row of its codebook. */
  readonly columns: CodeMaps['columns'];
  readonly bookOffsets: readonly number[];
  /** All maps of the layer: sets of coded ids, then codes. */
  readonly maps: readonly IdMap[];
  readonly sorted: readonly boolean[];
}

/**
 * How ids find their vectors: rows of uncompressed fields, the codewords that codes name, and the first codewords for ids without
 * codes. Throws an Error for layers with warm ids, which no conversion makes.
 */
export function codeRecipes({
  layout,
  fields,
  coded,
  uncompressed,
  columns,
  bookOffsets,
  maps,
  sorted,
}: CodePlaces): FieldRecipe[] {
  const { parts, levels = 1, width } = layout;
  const pieces = parts * levels;
  if (coded.some((f) => layout.warm[f] > 0))
    throw new Error('ids that choose among the first codewords have no recipe');
  const recipe = fields.map((): FieldRecipe => []);
  uncompressed.fields.forEach((f, i) => {
    recipe[f] = [rowsOfIds(fields[f].cardinality, 0, firstRows(uncompressed.tables[0].parts)[i])];
  });
  const codebooks = uncompressed.tables.length;
  let mapsBefore = 0;
  coded.forEach((f, i) => {
    const { cardinality } = fields[f];
    const termsOf = (isCoded: boolean): Term[] =>
      Array.from({ length: pieces }, (_, piece) => {
        const first = bookOffsets[i * pieces + piece];
        const { map, start } = columns[i * pieces + piece];
        const at = (piece % parts) * width;
        if (!isCoded || map === undefined) return { table: codebooks, row: { first, add: 'nothing' }, at };
        return { table: codebooks, row: { first, add: 'map', map: maps.indexOf(map), start, block: 1 }, at };
      });
    const shape = { ids: cardinality, capacity: layout.hot[f] };
    const cases: Case[] = [];
    if (!sorted[f] && shape.capacity > 0 && shape.capacity < cardinality) {
      const set = storedSet(shape, mapsBefore);
      cases.push({ ids: { kind: 'in', set, offset: 0, first: 0 }, terms: termsOf(true) });
      mapsBefore += idSetMaps(shape).length;
    } else if (shape.capacity > 0)
      cases.push({ ids: { kind: 'below', end: shape.capacity }, terms: termsOf(true) });
    if (shape.capacity < cardinality)
      cases.push({ ids: { kind: 'below', end: cardinality }, terms: termsOf(false) });
    recipe[f] = cases;
  });
  return recipe;
}
