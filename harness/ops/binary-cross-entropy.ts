import { sum } from '../../base/sum.ts';
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

/** Weights of rows as shares of their sum: [batch]. All are 0 if all weights are. */
export function sharesOf(weights: Float32Array): Float32Array {
  const total = sum(weights) || 1;
  return weights.map((weight) => weight / total);
}

/**
 * The mean of the same losses under weights of the rows: sum of w loss / sum of w; 0 if all weights are 0. logits, labels, shares:
 * [batch] -> scalar.
 */
export function weightedCrossEntropy(
  logits: tf.Tensor1D,
  labels: tf.Tensor1D,
  shares: tf.Tensor1D,
): tf.Scalar {
  const op = tf.customGrad((...args) => {
    const [logits, labels, shares, save] = args as unknown as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    save([logits, labels, shares]);
    return {
      value: tf.sum(tf.mul(losses(logits, labels), shares)),
      gradFunc: (dy, [logits, labels, shares]) => [
        tf.mul(dy, tf.mul(tf.sub(tf.sigmoid(logits), labels), shares)),
        tf.zerosLike(labels), // labels and weights are data
        tf.zerosLike(shares),
      ],
    };
  });
  return op(logits, labels, shares) as tf.Scalar;
}

function loss(logits: tf.Tensor1D, labels: tf.Tensor1D): tf.Tensor {
  return tf.mean(losses(logits, labels));
}

/** log(1 + exp(z)) - y z of each row. */
function losses(logits: tf.Tensor1D, labels: tf.Tensor1D): tf.Tensor {
  return tf.add(tf.sub(tf.relu(logits), tf.mul(logits, labels)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))));
}
