import type { Layer } from '../../harness/contract/method.ts';
import { deriveSeed, hash32 } from '../../base/hash.ts';
import { nearestCentroids } from '../shared/clustering/centroid-search.ts';
import type { CodedLayer } from '../shared/codes/coded-layer.ts';
import { firstRows } from '../shared/rows/table-parts.ts';

export interface Residuals {
  /** Vectors that were clustered, [ids, dim], of a coded field. */
  readonly vectorsOf: (field: number) => Float32Array;
  /** Rows of the codebooks. */
  readonly books: Float32Array;
  /** Seed that the hash of each column to its row is derived from. */
  readonly seed: number;
  /** True if an id counts as often as training has seen it. */
  readonly weighted: boolean;
}

/**
 * Rows of a table of the codebooks' shape: each is the mean of what the clusters leave of the chunks of the ids that are hashed to it, zeros
 * where there are none (Tsang and Ahle 2023, cce.py of its authors).
 */
export function residualMeans(
  { fields, dim }: Pick<Layer, 'fields' | 'dim'>,
  served: CodedLayer,
  { vectorsOf, books, seed, weighted }: Residuals,
): Float32Array {
  const { parts, width } = served.layout;
  const codebooks = served.codebooks!;
  const firsts = firstRows(codebooks.parts);
  const sums = new Float64Array(books.length);
  const weights = new Float64Array(books.length / width);
  served.coded.forEach((field, i) => {
    const vectors = vectorsOf(field);
    const { counts } = fields[field];
    const { hot, warm, rest } = served.idsOf(field);
    for (let part = 0; part < parts; part++) {
      const column = i * parts + part;
      const { rows } = codebooks.parts[column];
      const book = books.subarray(firsts[column] * width, (firsts[column] + rows) * width);
      const hash = deriveSeed(seed, column);
      const add = (ids: Uint32Array, codewords: number) => {
        const chunks = new Float32Array(ids.length * width);
        const taken = Math.min(width, dim - part * width);
        ids.forEach((id, at) => {
          const from = id * dim + part * width;
          chunks.set(vectors.subarray(from, from + taken), at * width);
        });
        const codes = nearestCentroids(chunks, width, book.subarray(0, codewords * width));
        ids.forEach((id, at) => {
          const row = firsts[column] + (hash32(id, hash) % rows);
          const weight = weighted ? counts[id] : 1;
          weights[row] += weight;
          for (let k = 0; k < taken; k++)
            sums[row * width + k] += weight * (chunks[at * width + k] - book[codes[at] * width + k]);
        });
      };
      add(hot, served.layout.codewords[field]);
      if (warm.length > 0) add(warm, served.layout.warmCodewords[field]);
      add(rest, 1);
    }
  });
  return Float32Array.from(sums, (sum, at) => sum / Math.max(1e-30, weights[Math.floor(at / width)]));
}
