import { random } from '../../../harness/contract/mix.ts';
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
  const scores = new Float32Array(rows);
  for (const { first, count, values } of blocks())
    for (let row = 0; row < count; row++) {
      let score = 0;
      for (let at = 0; at < matrix.length; at += width) {
        let coordinate = 0;
        for (let k = 0; k < width; k++) coordinate += matrix[at + k] * values[row * width + k];
        score += coordinate * coordinate;
      }
      scores[first + row] = score;
    }
  return scores;
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
