import { blockSrht } from './block-srht.ts';
import { countSketch, gaussianSketch } from './sketches.ts';
import { streamedFactor, triangularFactor } from './householder.ts';
import { rightSingular } from './jacobi.ts';
import type { StreamedRows } from './streamed-rows.ts';

export const sketches = { count: countSketch, srht: blockSrht, gaussian: gaussianSketch };
export type SketchKind = keyof typeof sketches;

export interface SketchRule {
  readonly kind: SketchKind;
  /** Rows of the sketch, at least `width`; the error falls with its root (suites/subspace/sketch-size.ts). */
  readonly size: number;
  readonly seed: number;
}

/**
 * B of Magdon-Ismail and Gittens (2019, arXiv 1909.12580): [d, d], upper triangular, with
 * (1 - e) |A x|^2 <= |B x|^2 <= (1 + e) |A x|^2 for all x at once. It has d rows however small e: that takes more rows of
 * the sketch S = Q B, which is thrown away. A with no more rows than S goes to B as it is, with e = 0.
 */
export function embedSubspace(rows: StreamedRows, rule: SketchRule): Float64Array {
  const { width } = rows;
  if (rule.size < width) throw new RangeError(`a sketch of ${rule.size} rows for ${width} columns`);
  if (rows.rows <= rule.size) return streamedFactor(rows);
  const sketch = sketches[rule.kind]({ ...rule, width });
  for (const block of rows.blocks()) sketch.add(block);
  return triangularFactor(sketch.finish(), width);
}

export interface Subspace {
  /** Number of singular values that stand out from rounding. */
  readonly rank: number;
  /** Singular values of A, up to sqrt(1 +- e): [width], largest first. */
  readonly values: Float64Array;
  /** Right singular vectors row by row, principal axes of A: [width, width]. */
  readonly axes: Float64Array;
  /** [rank, width]: axes by their singular values. Rows of A times it have covariance 1/rows; |whitening a|^2 is leverage. */
  readonly whitening: Float64Array;
}

/**
 * `tolerance`: singular values at most that part of the largest count as zero; the rounding of float64 if absent. Of
 * rows that were rounded to float32, 1e-6.
 */
export function subspaceOf(factor: Float64Array, tolerance?: number): Subspace {
  const width = Math.sqrt(factor.length);
  const { values, vectors: axes } = rightSingular(factor, width);
  const smallest = values[0] * (tolerance ?? 64 * width * 2 ** -52);
  const rank = values.filter((value) => value > smallest).length;
  const whitening = axes.subarray(0, rank * width).map((x, at) => x / values[Math.floor(at / width)]);
  return { rank, values, axes, whitening };
}
