import * as tf from '../../tensors/index.ts';
import type { Init } from '../../harness/contract/method.ts';

/**
 * The tables whose rows together are a network dim -> hidden -> dim: its weights and biases, layer after layer. It starts by
 * keeping the variance of what goes through: relu halves the second moment, so hidden * dim * v^2 / 2 = 1 if weights
 * have variance v.
 */
export function networkTables(dim: number, hidden: number): { width: number; init: () => Init }[] {
  const weights = () => ({ mean: 0, halfWidth: Math.sqrt(3 * Math.sqrt(2 / (hidden * dim))) });
  const zeros = () => ({ mean: 0, halfWidth: 0 });
  return [
    { width: dim * hidden, init: weights },
    { width: hidden, init: zeros },
    { width: hidden * dim, init: weights },
    { width: dim, init: zeros },
  ];
}

/** x: [batch, fields, dim], each vector through the network whose rows were looked up for it. */
export function throughNetworks(
  x: tf.Tensor3D,
  [weights1, biases1, weights2, biases2]: readonly tf.Tensor3D[],
  hidden: number,
): tf.Tensor3D {
  const [batch, fields, dim] = x.shape;
  const all = batch * fields;
  const layer = (x: tf.Tensor, weights: tf.Tensor, biases: tf.Tensor, width: number) =>
    tf.add(tf.matMul(x, tf.reshape(weights, [all, -1, width])), tf.reshape(biases, [all, 1, width]));
  const units = tf.relu(layer(tf.reshape(x, [all, 1, dim]), weights1, biases1, hidden));
  return tf.reshape(layer(units, weights2, biases2, dim), [batch, fields, dim]);
}
