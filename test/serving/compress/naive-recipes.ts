import { hash32 } from '../../../base/hash.ts';
import type { Case, Conversion, FieldRecipe, RowOfTerm } from '../../../harness/contract/conversion.ts';
import { codecOf } from '../../../harness/serving/codecs.ts';

/** Recipes carried out id by id, as harness/contract/conversion.ts says and no faster. */

export interface Contents {
  readonly dim: number;
  readonly tables: readonly { readonly width: number; readonly floats: Float32Array }[];
  readonly weights: readonly Float32Array[];
  readonly maps: readonly Uint32Array[];
}

/** The contents of a conversion, tables as they are read again. */
export function contentsOf(dim: number, conversion: Conversion): Contents {
  const { tables, weights = [], maps = [] } = conversion.plan;
  return {
    dim,
    tables: tables.map((table) => {
      const pieces = [...conversion.tables.get(table)!()];
      const floats = Float32Array.from(pieces.flatMap((piece) => [...piece]));
      const decoded = new Float32Array(floats.length);
      if (floats.length > 0) codecOf(table).reader(codecOf(table).encode(floats))(0, floats.length, decoded, 0);
      return { width: table.width, floats: decoded };
    }),
    weights: weights.map((weight) => conversion.weights!.get(weight)!),
    maps: maps.map((map) => Uint32Array.from([...(conversion.maps?.get(map)?.() ?? [map.values])].flatMap((piece) => [...piece]))),
  };
} // prettier-ignore

export function naiveVector(recipe: FieldRecipe, id: number, contents: Contents): Float32Array {
  const { dim, tables, weights } = contents;
  const vector = new Float32Array(dim);
  for (const { ids, terms } of recipe) {
    const position = positionOf(ids, id, contents);
    if (position === undefined) continue;
    for (const term of terms) {
      if (!('table' in term)) {
        for (let k = 0; k < dim; k++) vector[k] += weights[term.weight][term.from + k];
        continue;
      }
      const { width, floats } = tables[term.table];
      const number = rowOf(term.row, position, id, contents);
      const row = floats.slice(number * width, (number + 1) * width);
      const { matrix } = term;
      const values = matrix === undefined ? row : productOf(row, weights[matrix.weight].slice(matrix.from), dim);
      values.forEach((x, k) => {
        if (term.at + k < dim) vector[term.at + k] += x;
      });
    }
    return vector;
  }
  return vector;
} // prettier-ignore

function positionOf(ids: Case['ids'], id: number, { maps }: Contents): number | undefined {
  if (ids.kind === 'below') return id < ids.end ? id : undefined;
  const { form, maps: own, ids: numbers } = ids.set;
  const has = (number: number) => {
    if (own.length === 0) return false;
    if (form === 'list') return number < numbers && maps[own[0]].includes(number);
    return ((maps[own[0]][Math.floor(number / 32)] >>> (number % 32)) & 1) === 1;
  };
  const number = ids.offset + id;
  const isIn = ids.kind === 'in';
  if (has(number) !== isIn) return undefined;
  let before = 0;
  for (let other = 0; other < number; other++) if (has(other) === isIn) before++;
  return before - ids.first;
}

function rowOf(row: RowOfTerm, position: number, id: number, { maps }: Contents): number {
  switch (row.add) {
    case 'nothing':
      return row.first;
    case 'position':
      return row.first + position;
    case 'block':
      return row.first + (position % row.block);
    case 'hash':
      return row.first + (hash32(id, row.seed) % row.rows);
    case 'map': {
      const code = maps[row.map][row.start + Math.floor(position / row.block)];
      return row.first + code * row.block + (position % row.block);
    }
  }
}

function productOf(row: Float32Array, matrix: Float32Array, dim: number): Float32Array {
  return Float32Array.from({ length: dim }, (_, k) =>
    row.reduce<number>((sum, x, r) => sum + x * matrix[r * dim + k], 0),
  );
}
