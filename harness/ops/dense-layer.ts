import * as tf from '@tensorflow/tfjs';
import { kernelOr } from './kernel.ts';

type Activation = 'relu' | 'linear';

/**
 * activation(x weights + bias) with a gradient of its own: tfjs fuses neither direction under a gradient.
 * x: [batch, in], weights: [in, out], bias: [out] -> [batch, out]. Where `x` is `data`, no gradient is computed for it.
 * Backends may bring a kernel `ColumnSums` (input `x`: [batch, n] -> [n]).
 */
export function denseLayer(
  x: tf.Tensor2D,
  weights: tf.Tensor2D,
  bias: tf.Tensor1D,
  activation: Activation,
  input: 'data' | 'activations' = 'activations',
): tf.Tensor2D {
  const layer = tf.customGrad((...args) => {
    const [x, weights, bias, save] = args as unknown as [
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor1D,
      tf.GradSaveFunc,
    ];
    // The kernel itself takes batches of matrices; tf.fused.matMul would reshape, but takes three kernels under a tape.
    const inputs = { a: x.expandDims(0), b: weights.expandDims(0), bias };
    const attributes = { transposeA: false, transposeB: false, activation };
    const y = tf.engine().runKernel<tf.Tensor>('_FusedMatMul', inputs, attributes).squeeze<tf.Tensor2D>([0]);
    save([x, weights, y]);
    return { value: y, gradFunc: (dy, saved) => gradients(dy, saved, activation, input) };
  });
  return layer(x, weights, bias) as tf.Tensor2D;
}

function gradients(dy: tf.Tensor, saved: tf.Tensor[], activation: Activation, input: 'data' | 'activations') {
  const [x, weights, y] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  // y > 0 exactly where the input of relu was.
  const dz = (activation === 'relu' ? tf.mul(dy, tf.step(y)) : dy) as tf.Tensor2D; // [batch, out]
  const dx = input === 'data' ? tf.zerosLike(x) : tf.matMul(dz, weights, false, true);
  const dWeights = tf.matMul(x, dz, true, false);
  return [dx, dWeights, kernelOr('ColumnSums', { x: dz }, () => tf.sum(dz, 0))];
}
