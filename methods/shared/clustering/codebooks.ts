import type { Layer, Table } from '../../../harness/contract/method.ts';
import { deriveSeed } from '../../../base/hash.ts';
import type { CodedLayer, Codes } from '../codes/coded-layer.ts';
import { nearestCentroids } from './centroid-search.ts';
import { kMeans } from './k-means.ts';
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
  { fields, dim, seed }: Pick<Layer, 'fields' | 'dim' | 'seed'>,
  layer: CodedLayer,
  rowsOf: RowsOf,
  weighted: boolean | number,
): Codebooks {
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

  for (const field of coded) {
    const counts = Float64Array.from(fields[field].counts, (count) => count ** Number(weighted));
    const { hot, warm, rest } = layer.idsOf(field);
    const choosing = new Uint32Array(hot.length + warm.length);
    choosing.set(hot);
    choosing.set(warm, hot.length);
    choosing.sort();
    const shared = rest.length > 0 ? 1 : 0;
    const clusters = codewords[field] - shared;
    const seen = typical(choosing, counts, rowsPerCodeword * clusters);
    for (let part = 0; part < parts; part++) {
      const book = bookOf(field, part, codewords[field]);
      const means = (ids: Uint32Array, weights: ArrayLike<number>, count: number) => {
        const points = { rows: partOf(field, part, ids), width, weights };
        return kMeans(points, { clusters: count, seed: deriveSeed(seed, 'codebook', field, part) }).centroids;
      };
      if (shared > 0) book.set(means(rest, countsOf(rest, counts), 1));
      if (clusters > 0 && choosing.length > 0)
        book.set(means(seen.ids, seen.weights, clusters), shared * width);
    }
  }
  const codes = layer.encode(({ field, part, ids, codewords: count }) =>
    nearestCentroids(partOf(field, part, ids), width, bookOf(field, part, count)),
  );
  return { books, codes };
}

/** First contents of a layer's tables: rows of uncompressed fields as they are, and codebooks. */
export function contentsOf(
  { uncompressed, codebooks }: CodedLayer,
  rowsOf: RowsOf,
  books: Float32Array,
): Map<Table, Float32Array> {
  return new Map([...(codebooks ? [[codebooks, books] as const] : []), ...uncompressed.contents(rowsOf)]);
}

/** Rows that k-means sees for a codeword, on average: twice as many take twice the time, and hardly better codebooks. */
export const rowsPerCodeword = 64;

/** Ids that stand for all: those seen most often, and of the others evenly spaced ones, which count for more. */
export function typical(
  ids: Uint32Array,
  counts: Float64Array,
  max: number,
): { ids: Uint32Array; weights: number[] } {
  if (ids.length <= max) return { ids, weights: countsOf(ids, counts) };
  const half = Math.ceil(max / 2);
  const byCount = ids.slice().sort((a, b) => counts[b] - counts[a] || a - b);
  const [head, tail] = [byCount.subarray(0, half), byCount.subarray(half)];
  const every = Math.ceil(tail.length / half);
  const spaced = tail.filter((_, i) => i % every === 0);
  const weights = [...countsOf(head, counts), ...countsOf(spaced, counts).map((count) => every * count)];
  const chosen = new Uint32Array(head.length + spaced.length);
  chosen.set(head);
  chosen.set(spaced, head.length);
  return { ids: chosen, weights };
}

export const countsOf = (ids: Uint32Array, counts: Float64Array) => Array.from(ids, (id) => counts[id]);

interface Columns {
  /** Width of a row. */
  readonly dim: number;
  readonly from: number;
  readonly width: number;
}

/** Some columns of some rows; those beyond the last are zeros. */
export function columns(rows: Float32Array, { dim, from, width }: Columns, ids: Uint32Array): Float32Array {
  const taken = new Float32Array(ids.length * width);
  const count = Math.min(width, dim - from);
  ids.forEach((id, i) => {
    for (let k = 0; k < count; k++) taken[i * width + k] = rows[id * dim + from + k];
  });
  return taken;
}
