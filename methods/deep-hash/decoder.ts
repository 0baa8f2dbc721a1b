import * as tf from '../../tensors/index.ts';
import type { Lookup, Weight } from '../../harness/contract/method.ts';
import { mlp } from '../../harness/ops/mlp.ts';

export interface DecoderShape {
  readonly inputs: number;
  /** Width of the hidden layers. */
  readonly width: number;
  /** Number of hidden layers. */
  readonly depth: number;
  readonly outputs: number;
}

export interface DecoderTraining {
  readonly activation: 'relu' | 'mish';
  /** Mean square of an input. */
  readonly inputVariance: number;
  /** Mean square of an output, at first. */
  readonly variance: number;
  /** Learning rate of Adam; 0: the run's rule and rate. */
  readonly learningRate: number;
}

export interface Decoder {
  readonly activation: DecoderTraining['activation'];
  readonly layers: readonly { readonly weights: Weight; readonly bias: Weight }[];
  /** Weights and biases of all layers. */
  readonly weights: readonly Weight[];
  /** [rows, inputs] -> [rows, outputs] */
  decode(inputs: tf.Tensor2D, weight: Lookup['weight']): tf.Tensor2D;
}

export function decoderFloats(shape: DecoderShape): number {
  return layerShapes(shape).reduce((sum, [input, output]) => sum + input * output + output, 0);
}

/** Mean squares of what an activation makes of standard normal numbers. */
const activationSquares = { relu: 1 / 2, mish: 0.4523 };

/**
 * Dense layers with biases. Weights are drawn such that what goes into every activation has variance 1 (He et al. 2015),
 * and what comes out at the end the variance asked for. Batch normalization is apart (normalizedDecoder): its statistics over the
 * ids of a batch are not those of the ids that are served.
 */
export function createDecoder(shape: DecoderShape, training: DecoderTraining): Decoder {
  const { activation, inputVariance, variance, learningRate } = training;
  const trained: Pick<Weight, 'optimizer'> =
    learningRate > 0 ? { optimizer: { rule: 'adam', learningRate } } : {};
  const layers = layerShapes(shape).map(([input, output], i) => {
    const squares = input * (i === 0 ? inputVariance : activationSquares[activation]);
    const target = i === shape.depth ? variance : 1;
    const weights: Weight = {
      shape: [input, output],
      init: { mean: 0, halfWidth: Math.sqrt((3 * target) / squares) },
      ...trained,
    };
    const bias: Weight = { shape: [output], init: { mean: 0, halfWidth: 0 }, ...trained };
    return { weights, bias };
  });
  return {
    activation,
    layers,
    weights: layers.flatMap(({ weights, bias }) => [weights, bias]),
    decode(inputs, weight) {
      const tensors = layers.map(({ weights, bias }) => ({
        weights: weight(weights) as tf.Tensor2D,
        bias: weight(bias) as tf.Tensor1D,
      }));
      if (activation === 'relu') return mlp(inputs, tensors, 'linear', 'data');
      return tensors.reduce((x, layer, i) => {
        const linear = mlp(x, [layer], 'linear', i === 0 ? 'data' : 'activations');
        return i < shape.depth ? mish(linear) : linear;
      }, inputs);
    },
  };
}

/** Misra 2019. */
function mish(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, tf.tanh(tf.softplus(x)));
}

/** Activations of hidden layers. */
export const activationOf: Record<DecoderTraining['activation'], (x: tf.Tensor2D) => tf.Tensor2D> = {
  relu: (x) => tf.relu(x),
  mish,
};

/** [in, out] of every layer. */
function layerShapes({ inputs, width, depth, outputs }: DecoderShape): [number, number][] {
  const widths = [inputs, ...Array<number>(depth).fill(width), outputs];
  return widths.slice(1).map((output, i) => [widths[i], output]);
}
