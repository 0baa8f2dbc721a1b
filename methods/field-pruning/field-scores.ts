import * as tf from '../../tensors/index.ts';

/**
 * Sums of a step, [fields, width + 2]: the mean vector of each field; the mean over samples of |⟨∂ℓ / ∂e, ē − e⟩|, ℓ the loss of the
 * sample, ē the mean of the sums so far; and 1. `gradients` are those of the mean loss.
 */
export function fieldSums(vectors: tf.Tensor3D, gradients: tf.Tensor3D, sums: tf.Tensor): tf.Tensor {
  const [, fields, width] = vectors.shape;
  const count = tf.slice(sums, [0, width + 1], [fields, 1]);
  const mean = tf.div(tf.slice(sums, [0, 0], [fields, width]), tf.maximum(count, 1e-12));
  const changes = tf.sum(tf.mul(gradients, tf.sub(mean, vectors)), 2); // [batch, fields]
  const scores = tf.reshape(tf.sum(tf.abs(changes), 0), [fields, 1]);
  return tf.concat([tf.mean(vectors, 0), scores, tf.ones([fields, 1])], 1);
}

/** The mean vector of each field, [fields, width], and its score. */
export function meansAndScores(sums: Float32Array, width: number) {
  const fields = sums.length / (width + 2);
  const means = new Float32Array(fields * width);
  const scores = Array.from({ length: fields }, (_, f) => {
    const ofField = sums.subarray(f * (width + 2), (f + 1) * (width + 2));
    const count = ofField[width + 1];
    for (let k = 0; k < width; k++) means[f * width + k] = count > 0 ? ofField[k] / count : 0;
    return count > 0 ? ofField[width] / count : 0;
  });
  return { means, scores };
}
