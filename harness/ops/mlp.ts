import * as tf from '../../tensors/index.ts';
import type { BackwardPass, DenseLayer, Dropout } from '../contract/model.ts';
import { columnSums, denseLayer, gradInput } from './dense-layer.ts';
import { dropoutMask, keptShare } from './dropout.ts';
import { type LayerInput, packedInput, wholeInput } from './layer-input.ts';

type Activation = 'relu' | 'linear';

/**
 * Dense layers with ReLU between them and `last` after the last: [batch, in] -> [batch, out]. One operation with a
 * gradient of its own, because tfjs fuses neither direction under a gradient, and what comes from one layer's gradient
 * goes masked into the one before. Where `x` is `data`, no gradient is computed for it.
 *
 * The forward pass is exact whatever is asked of the backward pass. With `activations`, layers keep what they were given
 * in codes: gradients of weights are approximate then, those of inputs not, as they need masks and weights alone, so that
 * errors do not add up over layers. With `take`, gradients of weights go there and not on the tape.
 *
 * With `dropout`, outputs of ReLU are left out, and the others grow to the same mean. No mask is kept for the
 * backward pass: what is left out is 0 as ReLU's zeros are, so that the input of the next layer is the mask of both.
 */
export function mlp(
  x: tf.Tensor2D,
  layers: readonly DenseLayer[],
  last: Activation,
  input: 'data' | 'activations',
  { take, activations, dropout, onSaved }: BackwardPass = {},
): tf.Tensor2D {
  const keep = (x: tf.Tensor2D, i: number) =>
    activations === undefined ? wholeInput(x) : packedInput(x, activations, i === 0);
  let count = 0;
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const inputs: LayerInput[] = [];
    let y = args[0] as tf.Tensor2D;
    layers.forEach(({ weights, bias }, i) => {
      const x = y;
      inputs.push(keep(x, i));
      const activation = i === layers.length - 1 ? last : 'relu';
      y = denseLayer(x, weights, bias, activation);
      if (dropout && activation === 'relu') y = dropped(y, dropout);
      if (activations !== undefined && i > 0) x.dispose(); // its memory goes to the next layer's output
    });
    const kept = inputs.flatMap(({ tensors }) => tensors);
    count = kept.length;
    save([...kept, ...layers.map(({ weights }) => weights), ...(last === 'relu' ? [y] : [])]);
    return {
      value: y,
      gradFunc: (dy, saved) => {
        const left = [...saved]; // the list itself is the tape's, which disposes of what is on it
        const there = inputs.map((kept) => kept.with(left.splice(0, kept.tensors.length)));
        const weights = left.splice(0, layers.length) as tf.Tensor2D[];
        const share = dropout && keptShare(dropout);
        // Relu's output is positive exactly where its input was, and where it was kept.
        const dz = last === 'relu' ? throughRelu(dy as tf.Tensor2D, left[0], share) : (dy as tf.Tensor2D); // [batch, out]
        const { dx, ofParameters } = gradients(dz, there, weights, input, share, (i, dz) => {
          if (take === undefined) return there[i].gradWeights(dz);
          const x = there[i].whole();
          take(layers[i], x, dz);
          x.dispose();
          return [columnSums(dz)];
        });
        if (dz !== dy && !dz.isDisposed) dz.dispose();
        return [dx ?? tf.zeros(x.shape), ...ofParameters];
      },
    };
  });
  // Weights whose gradients are taken are no inputs: the tape would want a gradient of their shape.
  const parameters = layers.flatMap(({ weights, bias }) => (take ? [bias] : [weights, bias]));
  const output = op(x, ...parameters) as tf.Tensor2D;
  onSaved?.({ output, count });
  return output;
}

/** The gradient before ReLU and dropout, from that of the output y after both. */
function throughRelu(dy: tf.Tensor2D, y: tf.Tensor, share: number | undefined): tf.Tensor2D {
  return tf.tidy(() => {
    const dz = tf.mul<tf.Tensor2D>(dy, tf.step(y));
    return share === undefined ? dz : tf.div(dz, share);
  });
}

/** A layer's outputs after dropout. Disposes those given. */
function dropped(y: tf.Tensor2D, dropout: Dropout): tf.Tensor2D {
  const mask = dropoutMask(...y.shape, dropout);
  const left = tf.mul<tf.Tensor2D>(y, mask);
  tf.dispose([y, mask]);
  return left;
}

/**
 * Gradients in the order of the operation's inputs: x (none if it is data), then the parameters layer by layer. `share`: that
 * of outputs which dropout has kept, if there is any.
 */
function gradients(
  dy: tf.Tensor2D,
  inputs: readonly LayerInput[],
  weights: readonly tf.Tensor2D[],
  input: 'data' | 'activations',
  share: number | undefined,
  parametersOf: (i: number, dz: tf.Tensor2D) => tf.Tensor[],
): { readonly dx?: tf.Tensor2D; readonly ofParameters: readonly tf.Tensor[] } {
  const ofParameters: tf.Tensor[] = [];
  let dz = dy;
  for (let i = weights.length - 1; ; i--) {
    ofParameters.unshift(...parametersOf(i, dz));
    if (i === 0 && input === 'data') return { ofParameters };
    let dx = i === 0 ? gradInput(dz, weights[0], undefined) : inputs[i].gradThroughRelu(dz, weights[i]);
    if (share !== undefined && i > 0) {
      const masked = dx;
      dx = tf.div(masked, share);
      masked.dispose();
    }
    if (dz !== dy) dz.dispose(); // its memory is warm: the next layer's gradient goes there
    if (i === 0) return { dx, ofParameters };
    dz = dx;
  }
}
