import { deriveSeed } from '../../base/hash.ts';
import type { Layer } from '../../harness/contract/method.ts';
import {
  type Books,
  type Codebooks,
  columns,
  heldRows,
  meanRow,
  powersOf,
  rowsPerCodeword,
  type RowsOf,
  typical,
} from '../shared/clustering/codebooks.ts';
import { nearestCentroids } from '../shared/clustering/centroid-search.ts';
import { kMeans } from '../shared/clustering/k-means.ts';
import type { Choosing, CodedLayer } from '../shared/codes/coded-layer.ts';
import type { AnyRows } from '../shared/rows/row-source.ts';
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
  of: Pick<Layer, 'fields' | 'dim' | 'seed'>,
  layer: CodedLayer,
  rowsOf: RowsOf,
  options: ResidualOptions,
): Codebooks {
  const { books, choose } = fitLevelBooks(of, layer, rowsOf, options);
  return { books, codes: layer.encode(choose) };
}

/**
 * The codebooks alone, of rows that may be read in pieces. All levels of a part are found together, so that codes are held from the first
 * level of a part to its last.
 */
export function fitLevelBooks(
  { fields, dim, seed }: Pick<Layer, 'fields' | 'dim' | 'seed'>,
  layer: CodedLayer,
  rowsOf: (field: number) => AnyRows,
  options: ResidualOptions,
): Books {
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
  const columnsOf = (part: number) => ({ dim, from: part * width, width });

  for (const field of coded) {
    const counts = powersOf(fields[field].counts, Number(options.weighted));
    const { hot, rest } = layer.idsOf(field);
    const shared = rest.length > 0 ? 1 : 0;
    const seen = typical(hot, counts, rowsPerCodeword * (codewords[field] - shared));
    const held = heldRows(rowsOf(field), seen.ids);
    const mean = shared > 0 ? meanRow(rowsOf(field), dim, rest, counts) : undefined;
    for (let part = 0; part < parts; part++) {
      const own = booksOf(field, part);
      if (mean) own[0].set(columns(mean, columnsOf(part), Uint32Array.of(0)));
      if (codewords[field] === shared || hot.length === 0) continue;
      const points = { rows: columns(held.values, columnsOf(part), held.ids), width, weights: seen.weights };
      fitPart(own, points, shared, options, (level) => deriveSeed(seed, 'level', field, part, level));
    }
  }
  const found = new Map<string, Uint16Array[]>();
  const choose = ({ field, part, ids }: Choosing) => {
    const [level, ofLevel] = [Math.floor(part / parts), part % parts];
    const key = `${field} ${ofLevel} ${ids[0]} ${ids.length}`;
    const known = found.get(key) ?? encodeByBeam(columns(rowsOf(field), columnsOf(ofLevel), ids), levelBooks(booksOf(field, ofLevel), width), options.beam).map((codes) => Uint16Array.from(codes)); // prettier-ignore
    found.set(key, known);
    if (level === levels - 1) found.delete(key);
    return Uint32Array.from(known[level]);
  };
  return { books, choose };
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
