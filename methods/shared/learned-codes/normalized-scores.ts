import * as tf from '../../../tensors/index.ts';
import type { ChoosingTiers } from './queries.ts';

/**
 * Batch normalization of what codewords are chosen by (kd_quantizer.py of the authors of DPQ): every codeword's squared distances have
 * mean 0 and variance 1 over the queries, so that one that is near to all is not chosen by all. Training takes the
 * statistics of the batch, and what is stored those of all ids, weighted by their lookups.
 */

/** Less than any variance of squared distances that counts: fields differ in scale by orders of magnitude. */
const epsilon = 1e-20;

/** Half of the negated squared distances, [groups, batch, codewords], from q c - |c|^2 / 2, normalized over those that choose. */
export function normalizedScores(
  closeness: tf.Tensor3D,
  queries: tf.Tensor3D,
  tiers: ChoosingTiers | undefined,
): tf.Tensor3D {
  const near = tf.sub<tf.Tensor3D>(closeness, tf.div(tf.sum(tf.square(queries), 2, true), 2));
  const choosing = tiers && (tiers.warm ? tf.add(tiers.hot, tiers.warm) : tiers.hot);
  const meanOf = (x: tf.Tensor3D) =>
    choosing === undefined
      ? tf.mean<tf.Tensor3D>(x, 1, true)
      : tf.div<tf.Tensor3D>(tf.sum(tf.mul(x, choosing), 1, true), tf.maximum(tf.sum(choosing, 1, true), 1));
  const centred = tf.sub<tf.Tensor3D>(near, meanOf(near));
  return tf.div(centred, tf.sqrt(tf.add(meanOf(tf.square(centred)), epsilon)));
}

/** Mean and deviation of each codeword's scores. */
export interface ScoreStatistics {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Queries of some ids, [ids, width], and how much each counts. */
export interface WeightedQueries {
  readonly queries: Float32Array;
  readonly weights: ArrayLike<number>;
}

/** Statistics over all queries that choose among the codewords of a codebook [codewords, width]. */
export function scoreStatistics(
  asked: readonly WeightedQueries[],
  codebook: Float32Array,
  width: number,
): ScoreStatistics {
  const codewords = codebook.length / width;
  const [sums, squares] = [new Float64Array(codewords), new Float64Array(codewords)];
  let total = 0;
  for (const { queries, weights } of asked)
    for (let row = 0; row < queries.length / width; row++) {
      total += weights[row];
      for (let code = 0; code < codewords; code++) {
        const score = halfNegatedDistance(queries, row * width, codebook, code * width, width);
        sums[code] += weights[row] * score;
        squares[code] += weights[row] * score * score;
      }
    }
  const means = sums.map((sum) => sum / Math.max(total, 1e-30));
  const deviations = squares.map((square, code) =>
    Math.sqrt(Math.max(0, square / Math.max(total, 1e-30) - means[code] ** 2) + epsilon),
  );
  return { means, deviations };
}

/** The codeword of each query with the largest normalized score, the first of equal ones. */
export function normalizedCodes(
  queries: Float32Array,
  codebook: Float32Array,
  width: number,
  { means, deviations }: ScoreStatistics,
): Uint32Array {
  const codes = new Uint32Array(queries.length / width);
  for (let row = 0; row < codes.length; row++) {
    let best = -Infinity;
    for (let code = 0; code < codebook.length / width; code++) {
      const near = halfNegatedDistance(queries, row * width, codebook, code * width, width);
      const score = (near - means[code]) / deviations[code];
      if (score > best) [best, codes[row]] = [score, code];
    }
  }
  return codes;
}

function halfNegatedDistance(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a[i + k] - b[j + k]) ** 2;
  return -sum / 2;
}
