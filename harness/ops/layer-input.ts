import type * as tf from '../../tensors/index.ts';
import { packActivations, type PackedActivations, unpackActivations } from './packed-activations.ts';
import type { ActivationBits } from '../contract/activations.ts';
import { gradInput, gradInputPacked, gradWeights, gradWeightsPacked } from './dense-layer.ts';

/** A dense layer's input as the backward pass has it: whole, or packed. */
export interface LayerInput {
  /** The tensors that have to stay until then. */
  readonly tensors: readonly tf.Tensor[];
  /** The same once the tape has kept the tensors. */
  with(tensors: readonly tf.Tensor[]): LayerInput;
  /** The gradients of the weights and the bias. */
  gradWeights(dz: tf.Tensor2D): tf.Tensor[];
  /** The gradient of what was before the activation that gave the input, which is ReLU. */
  gradThroughRelu(dz: tf.Tensor2D, weights: tf.Tensor2D): tf.Tensor2D;
  /** [batch, in]; dispose it. Approximate where it was packed. */
  whole(): tf.Tensor2D;
}

export function wholeInput(x: tf.Tensor2D): LayerInput {
  return {
    tensors: [x],
    with: ([kept]) => wholeInput(kept as tf.Tensor2D),
    gradWeights: (dz) => gradWeights(x, dz),
    gradThroughRelu: (dz, weights) => gradInput(dz, weights, x),
    whole: () => x.clone(),
  };
}

/** `signed`: it is no output of ReLU, and may be below 0. */
export function packedInput(x: tf.Tensor2D, bits: ActivationBits, signed: boolean): LayerInput {
  return fromPacked(packActivations(x, bits, signed));
}

function fromPacked(packed: PackedActivations): LayerInput {
  return {
    tensors: [packed.words, packed.scale],
    with: ([words, scale]) =>
      fromPacked({ words: words as tf.Tensor2D, scale: scale as tf.Scalar, form: packed.form }),
    gradWeights: (dz) => gradWeightsPacked(packed, dz),
    gradThroughRelu: (dz, weights) => gradInputPacked(dz, weights, packed),
    whole: () => unpackActivations(packed),
  };
}
