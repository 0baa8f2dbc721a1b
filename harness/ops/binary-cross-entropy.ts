import * as tf from '@tensorflow/tfjs';

/** Mean of log(1 + exp(z)) - y z over the batch, stable for large |z|. logits, labels: [batch] -> scalar. */
export function binaryCrossEntropy(logits: tf.Tensor1D, labels: tf.Tensor1D): tf.Scalar {
  const op = tf.customGrad((...args) => {
    const [logits, save] = args as unknown as [tf.Tensor1D, tf.GradSaveFunc];
    save([logits]);
    const losses = tf.relu(logits).sub(tf.mul(logits, labels)).add(tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
    return {
      value: tf.mean(losses),
      gradFunc: (dy, [logits]) =>
        tf.mul(dy, tf.div(tf.sub(tf.sigmoid(logits), labels), labels.shape[0])) as tf.Tensor1D,
    };
  });
  return op(logits) as tf.Scalar;
}
