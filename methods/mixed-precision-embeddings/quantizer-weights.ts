import * as tf from '../../tensors/index.ts';
import type { Field } from '../../harness/contract/data.ts';
import type { Lookup, Weight } from '../../harness/contract/method.ts';
import type { Quantizers } from './quantize.ts';

/** The weights of the quantizers of a layer: a step for each field and width, an offset for each coordinate. */
export interface QuantizerWeights {
  /** Logarithms of steps, divided by the first ones: [1, fields, widths above 0]. */
  readonly logs: Weight;
  /** [1, 1, dim] */
  readonly offsets: Weight;
}

export interface Rates {
  /** Learning rate of logarithms of steps, by Adam. */
  readonly steps: number;
  /** Learning rate of offsets, by Adam. */
  readonly offsets: number;
}

const zeros = { mean: 0, halfWidth: 0 };

export function quantizerWeights(fields: number, bits: number, dim: number, rates: Rates): QuantizerWeights {
  return {
    logs: { shape: [1, fields, bits], init: zeros, optimizer: { rule: 'adam', learningRate: rates.steps } },
    offsets: { shape: [1, 1, dim], init: zeros, optimizer: { rule: 'adam', learningRate: rates.offsets } },
  };
}

/** First steps by field and width, 2 mean|w| / sqrt(2^(bits-1)) of rows uniform on ±1/sqrt(ids): [fields, bits]. */
export function firstSteps(fields: readonly Pick<Field, 'cardinality'>[], bits: readonly number[]): number[] {
  return fields.flatMap(({ cardinality }) => bits.map((b) => 1 / Math.sqrt(cardinality * 2 ** (b - 1))));
}

export function stepsFrom(logs: tf.Tensor, first: readonly number[]): tf.Tensor3D {
  return tf.mul(tf.exp(logs), tf.tensor3d([...first], logs.shape as [number, number, number]));
}

export function quantizersOf(
  { weight }: Pick<Lookup, 'weight'>,
  { logs, offsets }: QuantizerWeights,
  first: readonly number[],
): Quantizers {
  return { steps: stepsFrom(weight(logs), first), offsets: weight(offsets) as tf.Tensor3D };
}

/** Steps as they are served, [fields, bits]: by the kernels that training had. */
export async function learnedSteps(logs: Float32Array, shape: readonly number[], first: readonly number[]) {
  const steps = tf.tidy(() => stepsFrom(tf.tensor(logs, [...shape]), first));
  const values = (await steps.data<'float32'>()).slice();
  steps.dispose();
  return values;
}
