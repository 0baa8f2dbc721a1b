import * as tf from '../../tensors/index.ts';
import type { BackwardPass, ModelShape, TrainedLayer } from '../contract/model.ts';
import { deepInput } from '../ops/deep-input.ts';
import { mlp } from '../ops/mlp.ts';
import { createMlp } from './create-layers.ts';

/** The deep part beside terms of first order: an MLP on coordinates 1 to dim of all vectors, and dense features. */
export interface DeepPart {
  /** None where it has no input: vectors of width 1 and no dense features. */
  readonly layers: readonly TrainedLayer[];
  /** Its part of the log-odds: [batch]; undefined where it has no input. */
  logits(dense: tf.Tensor2D, vectors: tf.Tensor3D, backward?: BackwardPass): tf.Tensor1D | undefined;
}

export function createDeepPart(shape: ModelShape, hidden: readonly number[], seed: number): DeepPart {
  const { denseFields, fields, dim } = shape;
  const inputs = fields * (dim - 1) + denseFields;
  if (inputs === 0) return { layers: [], logits: () => undefined };
  const input = dim === 1 ? 'data' : 'activations';
  const layers = createMlp([inputs, ...hidden, 1], seed, input);
  return {
    layers,
    logits: (dense, vectors, backward) =>
      tf.reshape(mlp(deepInput(vectors, dense, 1), layers, 'linear', input, backward), [-1]),
  };
}
