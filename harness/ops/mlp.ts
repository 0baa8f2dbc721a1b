import * as tf from '@tensorflow/tfjs';
import { kernelOr } from './kernel.ts';

export interface DenseLayer {
  readonly weights: tf.Tensor2D; // [in, out]
  readonly bias: tf.Tensor1D; // [out]
}

type Activation = 'relu' | 'linear';

/**
 * Dense layers with ReLU between them and `last` after the last: [batch, in] -> [batch, out]. One operation with a
 * gradient of its own, because tfjs fuses neither direction under a gradient, and what comes from one layer's gradient
 * goes masked into the one before. Where `x` is `data`, no gradient is computed for it.
 *
 * Backends may bring kernels `DenseLayer` (inputs `x`, `weights`, `bias`; attribute `activation`), `DenseLayerGradInput`
 * (`dz`: the gradient before the activation, `weights`, optional `mask`: [batch, in], 0 where it is not positive) and
 * `DenseLayerGradWeights` (`x`, `dz`; outputs for the weights and the bias).
 */
export function mlp(
  x: tf.Tensor2D,
  layers: readonly DenseLayer[],
  last: Activation,
  input: 'data' | 'activations',
): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const [x, ...parameters] = args.slice(0, -1) as tf.Tensor[];
    const weights = parameters.filter((_, i) => i % 2 === 0) as tf.Tensor2D[];
    const inputs = [x as tf.Tensor2D]; // of every layer, and then the output
    weights.forEach((w, i) => {
      const activation = i === weights.length - 1 ? last : 'relu';
      inputs.push(forward(inputs[i], w, parameters[2 * i + 1] as tf.Tensor1D, activation));
    });
    save([...inputs, ...weights]);
    return {
      value: inputs.at(-1)!,
      gradFunc: (dy, saved) => {
        const count = weights.length;
        return gradients(dy as tf.Tensor2D, saved.slice(0, count + 1), saved.slice(count + 1), last, input);
      },
    };
  });
  return op(x, ...layers.flatMap(({ weights, bias }) => [weights, bias])) as tf.Tensor2D;
}

/** In the order of the operation's inputs: x, weights, bias, weights, bias, ... */
function gradients(
  dy: tf.Tensor2D,
  inputs: tf.Tensor[],
  weights: tf.Tensor[],
  last: Activation,
  input: 'data' | 'activations',
): tf.Tensor[] {
  const results: tf.Tensor[] = [];
  // Relu's output is positive exactly where its input was.
  let dz = last === 'relu' ? tf.mul<tf.Tensor2D>(dy, tf.step(inputs.at(-1)!)) : dy; // [batch, out]
  for (let i = weights.length - 1; i >= 0; i--) {
    const x = inputs[i] as tf.Tensor2D;
    results.unshift(...gradWeights(x, dz));
    if (i === 0 && input === 'data') break;
    const dx = gradInput(dz, weights[i] as tf.Tensor2D, i > 0 ? x : undefined);
    if (dz !== dy) dz.dispose(); // its memory is warm: the next layer's gradient goes there
    dz = dx;
  }
  return [input === 'data' ? tf.zerosLike(inputs[0]) : dz, ...results];
}

function forward(x: tf.Tensor2D, weights: tf.Tensor2D, bias: tf.Tensor1D, activation: Activation) {
  return kernelOr(
    'DenseLayer',
    { x, weights, bias },
    () => {
      // The kernel itself takes batches of matrices; tf.fused.matMul would reshape, but takes three kernels under a tape.
      const inputs = { a: x.expandDims(0), b: weights.expandDims(0), bias };
      const attributes = { transposeA: false, transposeB: false, activation };
      return tf.engine().runKernel<tf.Tensor>('_FusedMatMul', inputs, attributes).squeeze<tf.Tensor2D>([0]);
    },
    { activation },
  );
}

function gradInput(dz: tf.Tensor2D, weights: tf.Tensor2D, mask: tf.Tensor2D | undefined) {
  return kernelOr<tf.Tensor2D>(
    'DenseLayerGradInput',
    { dz, weights, ...(mask && { mask }) },
    (): tf.Tensor2D => {
      const dx = tf.matMul(dz, weights, false, true);
      return mask === undefined ? (dx as tf.Tensor2D) : tf.mul(dx, tf.step(mask));
    },
  );
}

/** Backends may also bring a kernel `ColumnSums` alone (input `x`: [batch, n] -> [n]). */
function gradWeights(x: tf.Tensor2D, dz: tf.Tensor2D): tf.Tensor[] {
  return kernelOr('DenseLayerGradWeights', { x, dz }, () => [
    tf.matMul(x, dz, true, false),
    kernelOr('ColumnSums', { x: dz }, () => tf.sum(dz, 0)),
  ]);
}
