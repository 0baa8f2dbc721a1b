import { embedSubspace, type SketchRule, subspaceOf } from '../../methods/shared/subspace/embedding.ts';
import type { StreamedRows } from '../../methods/shared/subspace/streamed-rows.ts';

export interface LeastSquares {
  /** [width]: of all that leave the least, the shortest. */
  readonly solution: Float64Array;
  readonly iterations: number;
  /** |A' (A x - b)| in the preconditioned coordinates, by what it was at x = 0. */
  readonly gradient: number;
}

/**
 * min |A x - b| by sketch and precondition (Rokhlin and Tygert 2008): conjugate gradients (CGLS) on A W', W the whitening of
 * a subspace embedding, whose condition is at most sqrt((1 + e) / (1 - e)) whatever A's is. Every iteration gains the same
 * factor, at least (1 + sqrt(1 - e^2)) / e, and reads A twice; two numbers per row are held.
 */
export function leastSquares(
  rows: StreamedRows,
  b: ArrayLike<number>,
  rule: SketchRule,
  { tolerance = 1e-12, maxIterations = 100 } = {},
): LeastSquares {
  const { whitening, rank } = subspaceOf(embedSubspace(rows, rule));
  const { width } = rows;
  if (b.length !== rows.rows) throw new RangeError(`${b.length} numbers on the right of ${rows.rows} rows`);
  const residual = Float64Array.from(b);
  const image = new Float64Array(rows.rows); // A W' direction
  const y = new Float64Array(rank);
  let slope = timesRows(whitening, width, transposedTimes(rows, residual)); // W A' (b - A x), [rank]
  let direction = slope;
  const first = dot(slope, slope);
  let square = first;
  let iterations = 0;
  while (square > first * tolerance ** 2 && iterations < maxIterations) {
    iterations++;
    timesInto(image, rows, timesTransposed(whitening, width, direction));
    const step = square / dot(image, image);
    for (let r = 0; r < rank; r++) y[r] += step * direction[r];
    for (let i = 0; i < residual.length; i++) residual[i] -= step * image[i];
    slope = timesRows(whitening, width, transposedTimes(rows, residual));
    const before = square;
    square = dot(slope, slope);
    direction = slope.map((x, r) => x + (square / before) * direction[r]);
  }
  const gradient = first > 0 ? Math.sqrt(square / first) : 0;
  return { solution: timesTransposed(whitening, width, y), iterations, gradient };
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** A v */
function timesInto(found: Float64Array, { width, blocks }: StreamedRows, v: Float64Array): void {
  for (const { first, count, values } of blocks())
    for (let row = 0, at = 0; row < count; row++) {
      let sum = 0;
      for (let k = 0; k < width; k++, at++) sum += values[at] * v[k];
      found[first + row] = sum;
    }
}

/** A' v */
function transposedTimes({ width, blocks }: StreamedRows, v: Float64Array): Float64Array {
  const found = new Float64Array(width);
  for (const { first, count, values } of blocks())
    for (let row = 0; row < count; row++)
      for (let k = 0; k < width; k++) found[k] += v[first + row] * values[row * width + k];
  return found;
}

/** W v, W [rank, width] */
function timesRows(w: Float64Array, width: number, v: Float64Array): Float64Array {
  return Float64Array.from({ length: w.length / width }, (_, r) => dot(w.subarray(r * width, (r + 1) * width), v)); // prettier-ignore
}

/** W' v */
function timesTransposed(w: Float64Array, width: number, v: Float64Array): Float64Array {
  const found = new Float64Array(width);
  w.forEach((x, at) => (found[at % width] += x * v[Math.floor(at / width)]));
  return found;
}
