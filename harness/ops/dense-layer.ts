import * as tf from '../../tensors/index.ts';
import { type PackedActivations, unpackActivations, unpackCodes } from './packed-activations.ts';
import { kernelOr } from './kernel.ts';

/** One dense layer, there and back. Names in quotes are kernels that backends may bring. */

/** `DenseLayer`: inputs `x`, `weights`, `bias`; attribute `activation`. */
export function denseLayer(
  x: tf.Tensor2D,
  weights: tf.Tensor2D,
  bias: tf.Tensor1D,
  activation: 'relu' | 'linear',
): tf.Tensor2D {
  return kernelOr(
    'DenseLayer',
    { x, weights, bias },
    () => {
      // The kernel itself takes batches of matrices; tf.fused.matMul would reshape, but takes three kernels under a tape.
      const inputs = { a: tf.expandDims(x, 0), b: tf.expandDims(weights, 0), bias };
      const attributes = { transposeA: false, transposeB: false, activation };
      return tf.squeeze(tf.engine().runKernel<tf.Tensor>('_FusedMatMul', inputs, attributes), [0]);
    },
    { activation },
  );
}

/** `DenseLayerGradInput`: `dz`, the gradient before the activation, `weights`, optional `mask`: [batch, in], 0 if it is
 * not positive. */
export function gradInput(dz: tf.Tensor2D, weights: tf.Tensor2D, mask: tf.Tensor2D | undefined): tf.Tensor2D {
  return kernelOr<tf.Tensor2D>(
    'DenseLayerGradInput',
    { dz, weights, ...(mask && { mask }) },
    (): tf.Tensor2D => {
      const dx = tf.matMul(dz, weights, false, true);
      return mask === undefined ? (dx as tf.Tensor2D) : tf.mul(dx, tf.step(mask));
    },
  );
}

/** `DenseLayerGradWeights`: `x`, `dz`; outputs for the weights and the bias. */
export function gradWeights(x: tf.Tensor2D, dz: tf.Tensor2D): tf.Tensor[] {
  return kernelOr('DenseLayerGradWeights', { x, dz }, () => [tf.matMul(x, dz, true, false), columnSums(dz)]);
}

/** `ColumnSums`: `x`, [batch, n] -> [n]. */
export function columnSums(dz: tf.Tensor2D): tf.Tensor {
  return kernelOr('ColumnSums', { x: dz }, () => tf.sum(dz, 0));
}

/**
 * gradInput with what ReLU gave, packed, as mask. `DenseLayerGradInputPacked`: `dz`, `weights`, `words`; attributes as
 * UnpackActivations.
 */
export function gradInputPacked(
  dz: tf.Tensor2D,
  weights: tf.Tensor2D,
  { words, form }: PackedActivations,
): tf.Tensor2D {
  return kernelOr<tf.Tensor2D>(
    'DenseLayerGradInputPacked',
    { dz, weights, words },
    () => tf.tidy(() => gradInput(dz, weights, unpackCodes(words, form))),
    { ...form },
  );
}

/**
 * gradWeights from a packed x. `DenseLayerGradWeightsPacked`: `words`, `scale`, `dz`; attributes as UnpackActivations. It
 * has some samples of x at a time.
 */
export function gradWeightsPacked(x: PackedActivations, dz: tf.Tensor2D): tf.Tensor[] {
  return kernelOr(
    'DenseLayerGradWeightsPacked',
    { words: x.words, scale: x.scale, dz },
    () => tf.tidy(() => gradWeights(unpackActivations(x), dz)),
    { ...x.form },
  );
}
