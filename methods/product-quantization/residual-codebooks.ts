import { deriveSeed } from '../../base/hash.ts';
import type { Layer } from '../../harness/contract/method.ts';
import {
  type Codebooks,
  columns,
  countsOf,
  rowsPerCodeword,
  type RowsOf,
  typical,
} from '../shared/clustering/codebooks.ts';
import { nearestCentroids } from '../shared/clustering/centroid-search.ts';
import { kMeans } from '../shared/clustering/k-means.ts';
import type { CodedLayer } from '../shared/codes/coded-layer.ts';
import { firstRows } from '../shared/rows/table-parts.ts';
import { encodeByBeam, levelBooks } from './beam-search.ts';
import { refineCodewords } from './least-squares.ts';

export interface ResidualOptions {
  readonly weighted: boolean;
  readonly beam: number;
  /** Sweeps of least squares. */
  readonly refine: number;
}

/** Vectors of some ids, and how often each counts. */
interface Points {
  readonly rows: Float32Array;
  readonly width: number;
  readonly weights: readonly number[];
}

/**
 * Residual quantization of vectors that are there (Chen et al., Sensors 2010): at each level k-means of what the levels before have
 * left. Where ids share a vector, it is the first codeword of the first level, their mean, and those of other levels are zeros.
 */
export function fitLevels(
  { fields, dim, seed }: Pick<Layer, 'fields' | 'dim' | 'seed'>,
  layer: CodedLayer,
  rowsOf: RowsOf,
  options: ResidualOptions,
): Codebooks {
  const { layout, coded, codebooks } = layer;
  const { parts, levels = 1, width, codewords } = layout;
  const firsts = firstRows(codebooks?.parts ?? []);
  const books = new Float32Array(width * firstRows([...(codebooks?.parts ?? []), { rows: 0 }]).at(-1)!);
  const bookOf = (field: number, level: number, part: number) => {
    const from = firsts[(coded.indexOf(field) * levels + level) * parts + part];
    return books.subarray(from * width, (from + codewords[field]) * width);
  };
  const booksOf = (field: number, part: number) =>
    Array.from({ length: levels }, (_, level) => bookOf(field, level, part));
  const partOf = (field: number, part: number, ids: Uint32Array) =>
    columns(rowsOf(field), { dim, from: part * width, width }, ids);

  for (const field of coded) {
    const counts = Float64Array.from(fields[field].counts, (count) => count ** Number(options.weighted));
    const { hot, rest } = layer.idsOf(field);
    const shared = rest.length > 0 ? 1 : 0;
    const seen = typical(hot, counts, rowsPerCodeword * (codewords[field] - shared));
    for (let part = 0; part < parts; part++) {
      const own = booksOf(field, part);
      if (shared > 0) {
        const all = { rows: partOf(field, part, rest), width, weights: countsOf(rest, counts) };
        own[0].set(kMeans(all, { clusters: 1, seed: 0 }).centroids);
      }
      if (codewords[field] === shared || hot.length === 0) continue;
      const points = { rows: partOf(field, part, seen.ids), width, weights: seen.weights };
      fitPart(own, points, shared, options, (level) => deriveSeed(seed, 'level', field, part, level));
    }
  }
  const found = new Map<string, Uint32Array[]>();
  const codes = layer.encode(({ field, part, ids }) => {
    const [level, ofLevel] = [Math.floor(part / parts), part % parts];
    const key = `${field} ${ofLevel}`;
    const known = found.get(key) ?? encodeByBeam(partOf(field, ofLevel, ids), levelBooks(booksOf(field, ofLevel), width), options.beam); // prettier-ignore
    found.set(key, known);
    if (level === levels - 1) found.delete(key);
    return known[level];
  });
  return { books, codes };
}

/** Fits the levels of one part, in place. `shared`: first codewords of each level that are set already. */
export function fitPart(
  books: readonly Float32Array[],
  { rows, width, weights }: Points,
  shared: number,
  { beam, refine }: ResidualOptions,
  seedOf: (level: number) => number,
): void {
  const left = rows.slice();
  books.forEach((book, level) => {
    const clusters = book.length / width - shared;
    book.set(kMeans({ rows: left, width, weights }, { clusters, seed: seedOf(level) }).centroids, shared * width); // prettier-ignore
    nearestCentroids(left, width, book).forEach((code, i) => {
      for (let k = 0; k < width; k++) left[i * width + k] -= book[code * width + k];
    });
  });
  for (let sweep = 0; sweep < refine && books.length > 1; sweep++) {
    const codes = encodeByBeam(rows, levelBooks(books, width), beam);
    refineCodewords(books, { rows, width, weights, codes }, shared);
  }
}
