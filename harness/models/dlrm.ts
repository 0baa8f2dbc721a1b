import { z } from 'zod';
import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import type { Model, TrainedLayer } from '../contract/model.ts';
import { dotInteraction } from '../ops/dot-interaction.ts';
import { mlp } from '../ops/mlp.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z.strictObject({
  bottom: layerWidths('512-256-64', 'hidden layers on dense features'),
  top: layerWidths('512-256', 'hidden layers on interactions'),
});

/**
 * DLRM: dense features through a bottom MLP to one more vector of width dim, dot products of all pairs of vectors, the
 * bottom output and the dots through a top MLP to one logit. ReLU everywhere but at the end, as the reference code.
 */
export const dlrm: Model<z.infer<typeof options>> = {
  name: 'dlrm',
  title: 'DLRM',
  paper: {
    cite: 'Naumov et al., Deep Learning Recommendation Model for Personalization and Recommendation Systems, 2019',
    url: 'https://arxiv.org/abs/1906.00091',
  },
  options,
  flags: { bottom: '--bottom <widths>', top: '--top <widths>' },
  describe: ({ bottom, top }) => `${widthsText(bottom)}/${widthsText(top)}`,
  build({ denseFields, fields, dim }, { bottom, top }, seed) {
    const vectors = fields + 1;
    const bottomMlp = createMlp([denseFields, ...bottom, dim], deriveSeed(seed, 'bottom'), 'data');
    const topMlp = createMlp(
      [dim + (vectors * (vectors - 1)) / 2, ...top, 1],
      deriveSeed(seed, 'top'),
      'activations',
    );
    const layers = [...bottomMlp, ...topMlp];
    return {
      variables: layers.flatMap(({ weights, bias }) => [weights, bias]),
      layers,
      logits(dense, embedded, backward) {
        const x = mlp(dense, bottomMlp, 'relu', 'data', backward); // [batch, dim]
        const logits = mlp(dotInteraction(x, embedded), topMlp, 'linear', 'activations', backward); // [batch, 1]
        return tf.reshape(logits, [-1]);
      },
    };
  },
};

/** Weights N(0, 2 / (in + out)), biases N(0, 1 / out), as the reference code draws them. */
function createMlp(widths: readonly number[], seed: number, first: TrainedLayer['input']): TrainedLayer[] {
  return widths.slice(1).map((out, i) => {
    const input = widths[i];
    const stream = random(deriveSeed(seed, i));
    const normal = (n: number, deviation: number) =>
      Float32Array.from({ length: n }, () => deviation * stream.normal());
    return tf.tidy(() => ({
      weights: tf.variable(tf.tensor2d(normal(input * out, Math.sqrt(2 / (input + out))), [input, out])),
      bias: tf.variable(tf.tensor1d(normal(out, Math.sqrt(1 / out)))),
      input: i === 0 ? first : 'activations',
    }));
  });
}
