import type { Layer, Table } from '../../../harness/contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import type { Choosing, CodedLayer, Codes } from '../codes/coded-layer.ts';
import { nearestCentroids } from './centroid-search.ts';
import { kMeans } from './k-means.ts';
import { type AnyRows, takePieces, takeRows } from '../rows/row-source.ts';
import { firstRows } from '../rows/table-parts.ts';

export interface Codebooks {
  /** Rows of the layer's codebook table. */
  readonly books: Float32Array;
  readonly codes: Codes;
}

/** [ids, dim] of a field. */
export type RowsOf = (field: number) => Float32Array;

/**
 * Product quantization of vectors that are there (Jegou et al., TPAMI 2011): k-means for every part of every coded field.
 * Where ids share a codeword without a choice, it is the first, their mean, and the others are for all that choose.
 * `weighted`: an id counts as often as training has seen it, not once; or to that power.
 */
export function fitCodebooks(
  of: Pick<Layer, 'fields' | 'dim' | 'seed'>,
  layer: CodedLayer,
  rowsOf: RowsOf,
  weighted: boolean | number,
): Codebooks {
  const { books, choose } = fitBooks(of, layer, rowsOf, weighted);
  return { books, codes: layer.encode(choose) };
}

export interface Books {
  /** Rows of the layer's codebook table. */
  readonly books: Float32Array;
  /** The nearest codewords of some ids. */
  readonly choose: (ids: Choosing) => Uint32Array;
}

/** The codebooks alone, of rows that may be read in pieces: those that k-means sees are held, and all others are passed over. */
export function fitBooks(
  { fields, dim, seed }: Pick<Layer, 'fields' | 'dim' | 'seed'>,
  layer: CodedLayer,
  rowsOf: (field: number) => AnyRows,
  weighted: boolean | number,
): Books {
  const { layout, coded, codebooks } = layer;
  const { parts, width, codewords } = layout;
  const firsts = firstRows(codebooks?.parts ?? []);
  const books = new Float32Array(width * firstRows([...(codebooks?.parts ?? []), { rows: 0 }]).at(-1)!);
  const bookOf = (field: number, part: number, count: number) => {
    const from = firsts[coded.indexOf(field) * parts + part];
    return books.subarray(from * width, (from + count) * width);
  };
  const partOf = (field: number, part: number, ids: Uint32Array) =>
    columns(rowsOf(field), { dim, from: part * width, width }, ids);
  const columnsOf = (part: number) => ({ dim, from: part * width, width });

  for (const field of coded) {
    const counts = powersOf(fields[field].counts, Number(weighted));
    const { hot, warm, rest } = layer.idsOf(field);
    const choosing = warm.length === 0 ? hot : joined(hot, warm).sort();
    const shared = rest.length > 0 ? 1 : 0;
    const clusters = codewords[field] - shared;
    const seen = typical(choosing, counts, rowsPerCodeword * clusters);
    const rows = heldRows(rowsOf(field), seen.ids);
    const mean = shared > 0 ? meanRow(rowsOf(field), dim, rest, counts) : undefined;
    for (let part = 0; part < parts; part++) {
      const book = bookOf(field, part, codewords[field]);
      if (mean) book.set(columns(mean, columnsOf(part), Uint32Array.of(0)));
      if (clusters === 0 || choosing.length === 0) continue;
      const points = { rows: columns(rows.values, columnsOf(part), rows.ids), width, weights: seen.weights };
      const seedOfPart = deriveSeed(seed, 'codebook', field, part);
      book.set(kMeans(points, { clusters, seed: seedOfPart }).centroids, shared * width);
    }
  }
  const choose = ({ field, part, ids, codewords: count }: Choosing) =>
    nearestCentroids(partOf(field, part, ids), width, bookOf(field, part, count));
  return { books, choose };
}

/** Rows that are gone through many times: those of an array where they are, others copied. `ids`: their numbers there. */
export function heldRows(rows: AnyRows, ids: Uint32Array): { values: Float32Array; ids: Uint32Array } {
  if (rows instanceof Float32Array) return { values: rows, ids };
  return { values: takeRows(rows, ids), ids: Uint32Array.from(ids.keys()) };
}

/** The mean of some rows by their counts, of all alike if none was seen; the bits are those of a k-means with one cluster. */
export function meanRow(
  rows: AnyRows,
  dim: number,
  ids: Uint32Array,
  counts: ArrayLike<number>,
): Float32Array {
  const seen = ids.some((id) => counts[id] > 0);
  const weightOf = (id: number) => (seen ? counts[id] : 1);
  const sums = new Float64Array(dim);
  let mass = 0;
  let at = 0;
  const add = (values: Float32Array, from: number) => {
    const weight = weightOf(ids[at++]);
    mass += weight;
    for (let k = 0; k < dim; k++) sums[k] += weight * values[from + k];
  };
  if (rows instanceof Float32Array) for (const id of ids) add(rows, id * dim);
  else
    for (const piece of takePieces(rows, ids))
      for (let from = 0; from < piece.length; from += dim) add(piece, from);
  return Float32Array.from(sums, (sum) => sum / mass);
}

/** First contents of a layer's tables: rows of uncompressed fields as they are, and codebooks. */
export function contentsOf(
  { uncompressed, codebooks }: CodedLayer,
  rowsOf: RowsOf,
  books: Float32Array,
): Map<Table, Float32Array> {
  return new Map([...(codebooks ? [[codebooks, books] as const] : []), ...uncompressed.contents(rowsOf)]);
}

/** Counts to a power; they themselves are the first, which takes no memory. */
export const powersOf = (counts: Uint32Array, power: number): ArrayLike<number> =>
  power === 1 ? counts : Float64Array.from(counts, (count) => count ** power);

function joined(a: Uint32Array, b: Uint32Array): Uint32Array {
  const all = new Uint32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Rows that k-means sees for a codeword, on average: twice as many take twice the time, and hardly better codebooks. */
export const rowsPerCodeword = 64;

/** Ids that stand for all: those seen most often, and of the others evenly spaced ones, which count for more. */
export function typical(
  ids: Uint32Array,
  counts: ArrayLike<number>,
  max: number,
): { ids: Uint32Array; weights: number[] } {
  if (ids.length <= max) return { ids, weights: countsOf(ids, counts) };
  const half = Math.ceil(max / 2);
  const byCount = sortedByCount(ids, counts);
  const [head, tail] = [byCount.subarray(0, half), byCount.subarray(half)];
  const every = Math.ceil(tail.length / half);
  const spaced = tail.filter((_, i) => i % every === 0);
  const weights = [...countsOf(head, counts), ...countsOf(spaced, counts).map((count) => every * count)];
  const chosen = new Uint32Array(head.length + spaced.length);
  chosen.set(head);
  chosen.set(spaced, head.length);
  return { ids: chosen, weights };
}

/** Ids, ascending, in the order of their counts, the highest first; of equal ones the lower id. In passes over the ids, not by comparing. */
function sortedByCount(ids: Uint32Array, counts: ArrayLike<number>): Uint32Array {
  const tally = new Map<number, number>();
  for (const id of ids) tally.set(counts[id], (tally.get(counts[id]) ?? 0) + 1);
  let before = 0;
  for (const count of [...tally.keys()].sort((a, b) => b - a)) {
    const own = tally.get(count)!;
    tally.set(count, before);
    before += own;
  }
  const sorted = new Uint32Array(ids.length);
  for (const id of ids) {
    const at = tally.get(counts[id])!;
    sorted[at] = id;
    tally.set(counts[id], at + 1);
  }
  return sorted;
}

export const countsOf = (ids: Uint32Array, counts: ArrayLike<number>) => Array.from(ids, (id) => counts[id]);

interface Columns {
  /** Width of a row. */
  readonly dim: number;
  readonly from: number;
  readonly width: number;
}

/** Some columns of some rows; those beyond the last are zeros. */
export function columns(rows: AnyRows, { dim, from, width }: Columns, ids: Uint32Array): Float32Array {
  if (!(rows instanceof Float32Array))
    return columns(takeRows(rows, ids), { dim, from, width }, Uint32Array.from(ids.keys()));
  const taken = new Float32Array(ids.length * width);
  const count = Math.min(width, dim - from);
  ids.forEach((id, i) => {
    for (let k = 0; k < count; k++) taken[i * width + k] = rows[id * dim + from + k];
  });
  return taken;
}
