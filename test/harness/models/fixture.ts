import * as tf from '../../../tensors/index.ts';
import type { Model, Network } from '../../../harness/contract/model.ts';
import { binaryCrossEntropy } from '../../../harness/ops/binary-cross-entropy.ts';

/**
 * Inputs and results of models that were worked out in doubles with another library's tape: two samples of three fields. Vectors
 * have two coordinates, and a third one in front of them where the model has terms of first order.
 */

export const pairs = [-0.8, 0.2, 1.2, 0, 1, -0.2, 0.8, -0.4, 0.6, -0.6, 0.4, -0.8];
export const first = [0.3, -0.2, 0.1, -0.4, 0.5, 0.2];
export const dense = [
  [0.5, -1],
  [2, 0.25],
];
export const labels = [1, 0];
export const ofDense = [0.4, -0.6];
export const bias = [0.05];

/** [2, 3, 3]: a float of first order before each pair. */
export const withFirst = first.flatMap((x, i) => [x, pairs[2 * i], pairs[2 * i + 1]]);

/** Element i is ((i m) mod 11 - 3) a. */
export const series = (length: number, a: number, m: number) =>
  Array.from({ length }, (_, i) => (((i * m) % 11) - 3) * a);

/** The deep part: 8 -> 3 -> 1. */
export const deep = [series(24, 0.1, 3), [0.1, 0, -0.1], [0.5, -0.3, 0.2], [0.02]];

/** The deep tower of cross networks, 8 -> 3 with ReLU, and the head on 8 crossed numbers and those 3. */
export const tower = [series(24, 0.1, 3), [0.1, 0, -0.1], series(11, 0.1, 2), [0.01]];

/** Biases of two cross layers. */
export const crossBiases = series(16, 0.01, 6);

export interface Found {
  readonly loss: number;
  readonly logits: readonly number[];
  readonly ofVectors: readonly number[];
  /** Gradients of the network's variables, in their order. */
  readonly ofVariables: readonly (readonly number[])[];
}

/** The network with these numbers in its variables, in their order. */
export function networkWith(
  model: Model<never>,
  options: Readonly<Record<string, unknown>>,
  dim: number,
  variables: readonly (readonly number[])[],
): Network {
  const network = model.build({ denseFields: 2, fields: 3, dim }, model.options.parse(options), 1);
  if (network.variables.length !== variables.length)
    throw new Error(`${network.variables.length} variables, ${variables.length} given`);
  tf.tidy(() =>
    network.variables.forEach((variable, i) => variable.assign(tf.tensor([...variables[i]], variable.shape))),
  );
  return network;
}

/** The mean loss on the two samples, the log-odds, and all gradients. */
export function passes(network: Network, vectors: readonly number[]): Found {
  return tf.tidy(() => {
    const given = tf.tensor3d([...vectors], [2, 3, vectors.length / 6]);
    const x = tf.tensor2d(dense);
    const logits = network.logits(x, given);
    const variables = [...network.variables];
    const { value, grads } = tf.valueAndGrads((vectors: tf.Tensor) =>
      binaryCrossEntropy(network.logits(x, vectors as tf.Tensor3D), tf.tensor1d(labels)),
    )([given, ...variables]);
    const numbers = (tensor: tf.Tensor) => [...tensor.dataSync()];
    return {
      loss: numbers(value)[0],
      logits: numbers(logits),
      ofVectors: numbers(grads[0]),
      ofVariables: grads.slice(1).map(numbers),
    };
  });
}
