import { random } from '../../../base/random.ts';
import type { Subspace } from './embedding.ts';
import type { StreamedRows } from './streamed-rows.ts';

/**
 * Statistical leverage of every row: a_i (A'A)^+ a_i', the square of row i of any orthonormal basis of A's columns, from 0
 * to 1 and rank in all. With a subspace embedding's B in place of A, between 1/(1 + e) and 1/(1 - e) of that.
 *
 * `projections`: so many random directions (Johnson and Lindenstrauss) stand in for the rank coordinates of a row, fewer
 * multiplications where they are fewer; the standard deviation of a score is then sqrt(2 / projections) of it.
 */
export function leverageScores(
  { rows, width, blocks }: StreamedRows,
  { whitening, rank }: Subspace,
  { projections, seed = 0 }: { readonly projections?: number; readonly seed?: number } = {},
): Float32Array {
  const matrix =
    projections === undefined || projections >= rank
      ? whitening
      : projected(whitening, { rank, width, projections, seed });
  const quads = fourAtATime(matrix, width);
  const scores = new Float32Array(rows);
  for (const { first, count, values } of blocks())
    for (let row = 0, at = 0; row < count; row++, at += width)
      scores[first + row] = squareOf(quads, values, at, width);
  return scores;
}

/** Rows four by four, the first coordinates of all four side by side, then the second ones; zeros where rows end. */
function fourAtATime(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  const quads = new Float64Array(4 * Math.ceil(rows / 4) * width);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < width; k++)
      quads[4 * ((row >>> 2) * width + k) + (row & 3)] = matrix[row * width + k];
  return quads;
}

/** |M a|^2 of the row a at `at`: four sums at a time, none of which waits for the one before. */
function squareOf(quads: Float64Array, values: Float64Array, at: number, width: number): number {
  const end = at + width;
  let square = 0;
  for (let from = 0; from < quads.length;) {
    let p = 0;
    let q = 0;
    let r = 0;
    let s = 0;
    for (let k = at; k < end; k++, from += 4) {
      const x = values[k];
      p += quads[from] * x;
      q += quads[from + 1] * x;
      r += quads[from + 2] * x;
      s += quads[from + 3] * x;
    }
    square += p * p + q * q + (r * r + s * s);
  }
  return square;
}

interface Projection {
  readonly rank: number;
  readonly width: number;
  readonly projections: number;
  readonly seed: number;
}

/** G W, G normal of variance 1/projections: [projections, width]. */
function projected(whitening: Float64Array, { rank, width, projections, seed }: Projection): Float64Array {
  const stream = random(seed);
  const found = new Float64Array(projections * width);
  for (let p = 0; p < projections; p++)
    for (let r = 0; r < rank; r++) {
      const factor = stream.normal() / Math.sqrt(projections);
      for (let k = 0; k < width; k++) found[p * width + k] += factor * whitening[r * width + k];
    }
  return found;
}
