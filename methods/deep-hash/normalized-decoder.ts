import * as tf from '../../tensors/index.ts';
import type { Lookup, Weight } from '../../harness/contract/method.ts';
import { activationOf, type Decoder } from './decoder.ts';

/** PyTorch's, which is added to a variance. */
const epsilon = 1e-5;

/** A decoder whose hidden layers are normalized over the batch while it is trained, as in the paper. */
export interface NormalizedDecoder {
  /** Factors of the normalized units, beside the weights of the decoder. */
  readonly factors: readonly Weight[];
  /** [rows, inputs] -> [rows, outputs], with the statistics of these rows if they are a training batch; else without any. */
  decode(inputs: tf.Tensor2D, weight: Lookup['weight'], batch: boolean): tf.Tensor2D;
  /** Weights of the decoder that does the same without, by the statistics of these inputs. */
  fold(inputs: tf.Tensor2D, weightOf: (weight: Weight) => Promise<Float32Array>): Promise<Map<Weight, Float32Array>>; // prettier-ignore
}

export function normalizedDecoder({ layers, activation }: Decoder): NormalizedDecoder {
  const hidden = layers.slice(0, -1);
  const last = layers[layers.length - 1];
  const act = activationOf[activation];
  const factors = hidden.map(({ bias }): Weight => ({ ...bias, init: { mean: 1, halfWidth: 0 } }));
  return {
    factors,
    decode(inputs, weight, batch) {
      const x = hidden.reduce((x, { weights, bias }, i) => {
        const sums = tf.matMul<tf.Tensor2D>(x, weight(weights));
        const scaled = tf.mul(batch ? normal(sums) : sums, weight(factors[i]));
        return act(tf.add<tf.Tensor2D>(scaled, weight(bias)));
      }, inputs);
      return tf.add(tf.matMul(x, weight(last.weights) as tf.Tensor2D), weight(last.bias));
    },
    async fold(inputs, weightOf) {
      const folded = new Map<Weight, Float32Array>();
      let x = tf.clone(inputs);
      for (const [i, { weights, bias }] of hidden.entries()) {
        const [w, b, factor] = [await weightOf(weights), await weightOf(bias), await weightOf(factors[i])];
        const [inputCount, width] = weights.shape;
        const before = x;
        const sums = tf.tidy(() => tf.matMul<tf.Tensor2D>(before, tf.tensor2d(w, [inputCount, width])));
        const mean = tf.mean<tf.Tensor1D>(sums, 0);
        const deviation = tf.tidy(() =>
          tf.sqrt<tf.Tensor1D>(tf.add(tf.mean(tf.square(tf.sub(sums, mean)), 0), epsilon)),
        );
        const [means, deviations] = [await mean.data<'float32'>(), await deviation.data<'float32'>()];
        const scales = factor.map((x, k) => x / deviations[k]);
        const biases = b.map((x, k) => x - means[k] * scales[k]);
        x = tf.tidy(() => act(tf.add<tf.Tensor2D>(tf.mul(sums, tf.tensor1d(scales)), tf.tensor1d(biases))));
        tf.dispose([before, sums, mean, deviation]);
        folded.set(
          weights,
          w.map((x, at) => x * scales[at % width]),
        );
        folded.set(bias, biases);
      }
      tf.dispose(x);
      for (const weight of [last.weights, last.bias]) folded.set(weight, await weightOf(weight));
      return folded;
    },
  };
}

/** Columns with mean 0 and variance 1. */
function normal(sums: tf.Tensor2D): tf.Tensor2D {
  const centred = tf.sub(sums, tf.mean(sums, 0, true));
  return tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), 0, true), epsilon)));
}
