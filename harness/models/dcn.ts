import { z } from 'zod';
import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import type { Model } from '../contract/model.ts';
import { crossVectors } from '../ops/cross-vectors.ts';
import { deepInput } from '../ops/deep-input.ts';
import { normalMatrix, variablesOf } from './create-layers.ts';
import { createTowerAndHead } from './cross-head.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z.strictObject({
  cross: z.int().min(1).max(16).default(3).describe('cross layers'),
  hidden: layerWidths('256-256', 'hidden layers of the deep tower'),
});

/**
 * Deep & Cross: x_0 is all vectors and dense features; a cross layer is x_{l+1} = x_0 (x_l . w_l) + b_l + x_l, beside it is an MLP
 * with ReLU after every layer, and a linear layer makes the log-odds of both.
 */
export const dcn: Model<z.infer<typeof options>> = {
  name: 'dcn',
  title: 'DCN',
  formula: 'z = h · (x_L, MLP(x_0)) + b, x_l+1 = x_0 (x_l · w_l) + b_l + x_l',
  paper: {
    cite: 'Wang et al., Deep & Cross Network for Ad Click Predictions, ADKDD 2017',
    url: 'https://arxiv.org/abs/1708.05123',
  },
  options,
  describe: ({ cross, hidden }) => `${cross} cross, ${widthsText(hidden)}`,
  build({ denseFields, fields, dim }, { cross, hidden }, seed) {
    const inputs = fields * dim + denseFields;
    // A layer's vector makes one number of `inputs`: that is the shape which its deviation is for.
    const deviation = Math.sqrt(2 / (inputs + 1));
    const weights = normalMatrix(cross, inputs, deriveSeed(seed, 'cross'), deviation);
    const biases = tf.tidy(() => tf.variable(tf.zeros<tf.Rank.R2>([cross, inputs])));
    const { layers, logits } = createTowerAndHead(inputs, hidden, 'parallel', seed);
    return {
      variables: [weights, biases, ...variablesOf(layers)],
      layers,
      biases: [biases],
      logits(dense, vectors, backward) {
        const x0 = deepInput(vectors, dense, 0);
        return logits(x0, crossVectors(x0, weights, biases), backward);
      },
    };
  },
};
