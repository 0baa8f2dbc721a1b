import { hash32 } from '../../base/hash.ts';
import type { Case, FieldRecipe, IdsOfCase, RowOfTerm, Term } from '../../harness/contract/conversion.ts';
import { type NumberSet, nowhere, numberSet } from './stored-set.ts';

/** The stored form of tables of one width, of which any part can be read. */
export interface StoredLayer {
  readonly dim: number;
  readonly tables: readonly StoredRows[];
  readonly weights: readonly Float32Array[];
  readonly maps: readonly StoredMap[];
  /** One for each of the user's tables. */
  readonly recipes: readonly FieldRecipe[];
}

export interface StoredRows {
  readonly rows: number;
  readonly width: number;
  /** Decoded rows `from`..`to`, [to - from, width]. */
  readonly read: (from: number, to: number) => Float32Array;
}

export interface StoredMap {
  readonly length: number;
  readonly read: (from: number, count: number) => Uint32Array;
}

export interface Decoded {
  /** [to - from, dim] */
  readonly values: Float32Array;
  /** Rows that have no stored row or code of their own: they get a vector that others have, or zeros. */
  readonly shared: number;
}

/** Rows `from`..`to` of one of the user's tables, from what is stored alone. Sets, and rows that maps name, are held from the first call on. */
export function decoderOf(layer: StoredLayer): (table: number, from: number, to: number) => Decoded {
  const sets = new Map<number, NumberSet>();
  const whole = new Map<number, Float32Array>();
  const { dim, tables, weights, maps, recipes } = layer;

  /** Positions in a case of the ids from..to, `nowhere` of those that it has not. */
  const positionsIn = (ids: IdsOfCase, from: number, count: number): Uint32Array => {
    const positions = new Uint32Array(count).fill(nowhere);
    if (ids.kind === 'below') {
      for (let i = 0; i < count && from + i < ids.end; i++) positions[i] = from + i;
      return positions;
    }
    const { set, offset, first } = ids;
    let found = sets.get(set.map);
    if (found === undefined) {
      const { length, read } = maps[set.map];
      sets.set(set.map, (found = numberSet(set, read(0, length))));
    }
    const positionOf = ids.kind === 'in' ? found.positionOf : found.positionBeside;
    for (let i = 0; i < count; i++) {
      const position = positionOf(offset + from + i);
      if (position !== nowhere) positions[i] = position - first;
    }
    return positions;
  };

  const wholeTable = (table: number): Float32Array => {
    let rows = whole.get(table);
    if (rows === undefined) whole.set(table, (rows = tables[table].read(0, tables[table].rows)));
    return rows;
  };

  /** Row numbers of a term, and the rows that they are counted in, the first being `base`. */
  const rowsOf = (table: number, row: RowOfTerm, positions: Uint32Array, from: number) => {
    const { read } = tables[table];
    const { first } = row;
    if (row.add === 'nothing') return { base: first, rows: read(first, first + 1), numberOf: () => first };
    if (row.add === 'block')
      return { base: first, rows: read(first, first + row.block), numberOf: (i: number) => first + (positions[i] % row.block) }; // prettier-ignore
    if (row.add === 'hash')
      return { base: first, rows: read(first, first + row.rows), numberOf: (i: number) => first + (hash32(from + i, row.seed) % row.rows) }; // prettier-ignore
    const [least, most] = rangeOf(positions);
    if (row.add === 'position')
      return { base: first + least, rows: read(first + least, first + most + 1), numberOf: (i: number) => first + positions[i] }; // prettier-ignore
    const { block, start } = row;
    const entry = Math.floor(least / block);
    const codes = maps[row.map].read(start + entry, Math.floor(most / block) - entry + 1);
    const numberOf = (i: number) => {
      const code = codes[Math.floor(positions[i] / block) - entry];
      return first + code * block + (positions[i] % block);
    };
    return { base: 0, rows: wholeTable(table), numberOf };
  };

  const add = (term: Term, positions: Uint32Array, from: number, out: Float32Array) => {
    if (!('table' in term)) {
      const vector = weights[term.weight].subarray(term.from, term.from + dim);
      for (let i = 0; i < positions.length; i++)
        if (positions[i] !== nowhere) for (let k = 0; k < dim; k++) out[i * dim + k] += vector[k];
      return;
    }
    const { width } = tables[term.table];
    const { base, rows, numberOf } = rowsOf(term.table, term.row, positions, from);
    const { at, matrix } = term;
    const coordinates = Math.min(width, dim - at);
    for (let i = 0; i < positions.length; i++) {
      if (positions[i] === nowhere) continue;
      const row = (numberOf(i) - base) * width;
      if (matrix === undefined) for (let k = 0; k < coordinates; k++) out[i * dim + at + k] += rows[row + k];
      else addProduct(rows, row, width, weights[matrix.weight], matrix.from, out, i * dim, dim);
    }
  };

  return (table, from, to) => {
    const values = new Float32Array((to - from) * dim);
    const left = new Uint8Array(to - from).fill(1);
    let shared = 0;
    for (const one of recipes[table]) {
      const positions = positionsIn(one.ids, from, to - from);
      let ids = 0;
      for (let i = 0; i < positions.length; i++) {
        if (left[i] === 0) positions[i] = nowhere;
        else if (positions[i] !== nowhere) {
          left[i] = 0;
          ids++;
        }
      }
      if (ids === 0) continue;
      if (!isOwn(one)) shared += ids;
      for (const term of one.terms) add(term, positions, from, values);
    }
    for (const none of left) shared += none;
    return { values, shared };
  };
}

const isOwn = ({ terms }: Case) =>
  terms.some((term) => 'table' in term && (term.row.add === 'position' || term.row.add === 'map'));

/** The least and the largest of the positions that there are. */
function rangeOf(positions: Uint32Array): [least: number, most: number] {
  let [least, most] = [nowhere, 0];
  for (const position of positions) {
    if (position === nowhere) continue;
    if (position < least) least = position;
    if (position > most) most = position;
  }
  return [least, most];
}

function addProduct(
  rows: Float32Array,
  row: number,
  width: number,
  matrix: Float32Array,
  from: number,
  out: Float32Array,
  to: number,
  dim: number,
): void {
  for (let k = 0; k < dim; k++) {
    let sum = 0;
    for (let r = 0; r < width; r++) sum += rows[row + r] * matrix[from + r * dim + k];
    out[to + k] += sum;
  }
}
