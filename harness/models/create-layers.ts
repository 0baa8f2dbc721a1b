import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import { drawFloats, random } from '../../base/random.ts';
import type { DenseLayer, TrainedLayer } from '../contract/model.ts';

/** A dense layer that is trained, with its bias. */
export type BiasedLayer = TrainedLayer & DenseLayer;

/**
 * Dense layers of these widths. Weights N(0, 2 / (in + out)), biases N(0, 1 / out), as DLRM's reference code draws them.
 * `first`: the kind of the first layer's input.
 */
export function createMlp(
  widths: readonly number[],
  seed: number,
  first: TrainedLayer['input'],
): BiasedLayer[] {
  return widths.slice(1).map((out, i) => {
    const input = widths[i];
    const stream = random(deriveSeed(seed, i));
    const normal = (n: number, deviation: number) => drawFloats(n, () => deviation * stream.normal());
    return tf.tidy(() => ({
      weights: tf.variable(tf.tensor2d(normal(input * out, Math.sqrt(2 / (input + out))), [input, out])),
      bias: tf.variable(tf.tensor1d(normal(out, Math.sqrt(1 / out)))),
      input: i === 0 ? first : 'activations',
    }));
  });
}

/** A matrix with elements N(0, deviation^2); by default N(0, 2 / (rows + columns)), as Glorot and Bengio (AISTATS 2010). */
export function normalMatrix(
  rows: number,
  columns: number,
  seed: number,
  deviation = Math.sqrt(2 / (rows + columns)),
): tf.Variable<tf.Rank.R2> {
  const stream = random(seed);
  const values = drawFloats(rows * columns, () => deviation * stream.normal());
  return tf.tidy(() => tf.variable(tf.tensor2d(values, [rows, columns])));
}

/** A layer [inputs, outputs] whose weights begin as above, and whose biases begin at 0. */
export function createLayer(inputs: number, outputs: number, seed: number): BiasedLayer {
  const bias = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R1>([outputs])));
  return { weights: normalMatrix(inputs, outputs, seed), bias, input: 'activations' };
}

/** The variables of layers, in their order. */
export function variablesOf(layers: readonly TrainedLayer[]): tf.Variable[] {
  return layers.flatMap(({ weights, bias }) => (bias === undefined ? [weights] : [weights, bias]));
}
