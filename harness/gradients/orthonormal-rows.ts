import * as tf from '../../tensors/index.ts';
import { random } from '../../base/random.ts';

/** Below every number that a division should still take: the square root of the smallest normal float, about. */
const tiny = 1e-19;

/**
 * Orthonormal rows that span what the rows of x: [k, n] span, k <= n: the transposed Q of x^T = Q R with a positive diagonal
 * in R, which makes it the only one. Gram-Schmidt, row by row, twice for each, for once leaves an angle where rows are
 * almost parallel (Giraud et al., Numerische Mathematik 2005). A row that depends on those before it has a 0 in R's
 * diagonal; the unit vector that is furthest from their span takes its place.
 */
export function orthonormalRows(x: tf.Tensor2D): tf.Tensor2D {
  const [k, n] = x.shape;
  const rowOf = (j: number) => tf.slice2d(x, [j, 0], [1, n]);
  let basis = unitRow(rowOf(0), unitVector(tf.scalar(0, 'int32'), n)); // [j, n]
  for (let j = 1; j < k; j++) {
    const spare = furthest(basis, n);
    let row = unitRow(rowOf(j), spare);
    // Scaled in between: of a row that is almost in the span little is left, and that is to be orthogonal too. The third
    // time is for the spare one.
    for (let time = 0; time < 3; time++) row = unitRow(beside(row, basis), spare);
    basis = tf.concat2d([basis, row], 0);
  }
  return basis;
}

/** Drawn anew from a seed: orthonormal rows, [k, n] with k <= n, every direction as likely as any other. */
export function randomOrthonormalRows(k: number, n: number, seed: number): tf.Tensor2D {
  const stream = random(seed);
  const values = Float32Array.from({ length: k * n }, () => stream.normal());
  return tf.tidy(() => orthonormalRows(tf.tensor2d(values, [k, n])));
}

/** The row without its part in the basis. */
function beside(row: tf.Tensor2D, basis: tf.Tensor2D): tf.Tensor2D {
  return tf.sub(row, tf.matMul(tf.matMul(row, basis, false, true), basis));
}

/** The row at length 1; `spare` where it has none. The largest number is divided out first, or squares would leave the floats. */
function unitRow(row: tf.Tensor2D, spare: tf.Tensor2D): tf.Tensor2D {
  const largest = tf.max(tf.abs(row));
  const scaled = tf.div<tf.Tensor2D>(row, tf.maximum(largest, tiny));
  const some = tf.where(tf.greater(largest, tiny), scaled, spare);
  return tf.div(some, tf.sqrt(tf.sum(tf.square(some))));
}

/** Squares of a unit vector's parts in the basis are the sums of its columns' squares. */
function furthest(basis: tf.Tensor2D, n: number): tf.Tensor2D {
  return unitVector(tf.argMin(tf.sum(tf.square(basis), 0)), n);
}

function unitVector(at: tf.Tensor, n: number): tf.Tensor2D {
  if (n === 1) return tf.ones([1, 1]); // fewer than 2 places oneHot refuses
  return tf.cast(tf.oneHot(tf.reshape(at, [1]), n), 'float32') as tf.Tensor2D;
}
