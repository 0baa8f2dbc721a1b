import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import type { TakeGradient, TrainedLayer } from '../contract/model.ts';
import { randomOrthonormalRows } from './orthonormal-rows.ts';
import { streamBatch, type Estimate } from './stream-batch.ts';

/**
 * The gradients of dense layers' weights as estimates of a rank, kept from batch to batch: k (in + out + 1) floats a layer in
 * place of in x out. Where a layer is narrower than the rank, its own width is the rank: its gradient has no higher one.
 */
export class StreamedGradients {
  /** Estimates by the variable of a layer's weights. */
  readonly estimates: ReadonlyMap<tf.Variable, Estimate>;
  readonly bytes: number;

  constructor(layers: readonly TrainedLayer[], rank: number, seed: number) {
    this.estimates = new Map(
      layers.map(({ weights }, i) => [weights, start(weights.shape, rank, deriveSeed(seed, i))]),
    );
    const floats = [...this.estimates.values()].flatMap(
      ({ inputs, outputs, sigma }) => [inputs, outputs, sigma] as tf.Variable[],
    );
    this.bytes = 4 * floats.reduce((sum, { size }) => sum + size, 0);
  }

  readonly take: TakeGradient = ({ weights }, x, dz) => {
    const estimate = this.estimates.get(weights as tf.Variable<tf.Rank.R2>);
    if (estimate === undefined) throw new Error('a layer of the network that it does not list');
    streamBatch(estimate, x, dz);
  };

  dispose(): void {
    for (const { inputs, outputs, sigma } of this.estimates.values()) tf.dispose([inputs, outputs, sigma]);
  }
}

/** Random directions of weight 1, as the papers start. */
function start([input, output]: readonly number[], rank: number, seed: number): Estimate {
  const k = Math.min(rank, input, output);
  return tf.tidy(() => ({
    inputs: tf.variable(randomOrthonormalRows(k, input, deriveSeed(seed, 'inputs')), false),
    outputs: tf.variable(randomOrthonormalRows(k, output, deriveSeed(seed, 'outputs')), false),
    sigma: tf.variable(tf.ones<tf.Rank.R1>([k]), false),
  }));
}
