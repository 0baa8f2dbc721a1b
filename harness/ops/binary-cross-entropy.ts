import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * Mean of log(1 + exp(z)) - y z over the batch, stable for large |z|. logits, labels: [batch] -> scalar. Backends may
 * bring kernels `BinaryCrossEntropy` (inputs `logits`, `labels`) and `BinaryCrossEntropyGrad` (and `dy`).
 */
export function binaryCrossEntropy(logits: tf.Tensor1D, labels: tf.Tensor1D): tf.Scalar {
  const op = tf.customGrad((...args) => {
    const [logits, labels, save] = args as unknown as [tf.Tensor1D, tf.Tensor1D, tf.GradSaveFunc];
    save([logits, labels]);
    return {
      value: kernelOr('BinaryCrossEntropy', { logits, labels }, () => loss(logits, labels)),
      gradFunc: (dy, [logits, labels]) => [
        kernelOr('BinaryCrossEntropyGrad', { logits, labels, dy }, () =>
          tf.mul(dy, tf.div(tf.sub(tf.sigmoid(logits), labels), labels.size)),
        ),
        tf.zerosLike(labels), // labels are data
      ],
    };
  });
  return op(logits, labels) as tf.Scalar;
}

function loss(logits: tf.Tensor1D, labels: tf.Tensor1D): tf.Tensor {
  const losses = tf.add(
    tf.sub(tf.relu(logits), tf.mul(logits, labels)),
    tf.log1p(tf.exp(tf.neg(tf.abs(logits)))),
  );
  return tf.mean(losses);
}
