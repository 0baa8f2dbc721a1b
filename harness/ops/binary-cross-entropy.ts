import * as tf from '@tensorflow/tfjs';

/** Mean of log(1 + exp(z)) - y z over the batch, stable for large |z|. logits, labels: [batch] -> scalar. */
export function binaryCrossEntropy(logits: tf.Tensor1D, labels: tf.Tensor1D): tf.Scalar {
  const op = tf.customGrad((...args) => {
    const [logits, labels, save] = args as unknown as [tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([logits, labels]);
    const losses = tf
      .relu(logits)
      .sub(tf.mul(logits, labels))
      .add(tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
    return {
      value: tf.mean(losses),
      gradFunc: (dy, [logits, labels]) => [
        tf.mul(dy, tf.div(tf.sub(tf.sigmoid(logits), labels), labels.size)),
        tf.zerosLike(labels), // labels are data
      ],
    };
  });
  return op(logits, labels) as tf.Scalar;
}
