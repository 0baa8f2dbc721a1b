import { z } from 'zod';
import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import type { BackwardPass, Model } from '../contract/model.ts';
import { dotInteraction } from '../ops/dot-interaction.ts';
import { mlp } from '../ops/mlp.ts';
import { pairwiseDots } from '../ops/pairwise-dots.ts';
import { createMlp, variablesOf } from './create-layers.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z.strictObject({
  bottom: layerWidths('512-256-64', 'hidden layers on dense features'),
  top: layerWidths('512-256', 'hidden layers on interactions'),
});

/**
 * DLRM: dense features through a bottom MLP to one more vector of width dim, dot products of all pairs of vectors, the
 * bottom output and the dots through a top MLP to one logit. ReLU everywhere but at the end, as the reference code. A log without
 * dense features has no bottom MLP, and dots alone go through the top MLP; a single vector, which has no dots, goes there itself.
 */
export const dlrm: Model<z.infer<typeof options>> = {
  name: 'dlrm',
  title: 'DLRM',
  formula: 'z = MLP(y, dots of all pairs of v_1, ..., v_F and y), y = MLP(x)',
  paper: {
    cite: 'Naumov et al., Deep Learning Recommendation Model for Personalization and Recommendation Systems, 2019',
    url: 'https://arxiv.org/abs/1906.00091',
  },
  options,
  flags: { bottom: '--bottom <widths>', top: '--top <widths>' },
  describe: ({ bottom, top }) => `${widthsText(bottom)}/${widthsText(top)}`,
  build({ denseFields, fields, dim }, { bottom, top }, seed) {
    const hasDense = denseFields > 0;
    const vectors = hasDense ? fields + 1 : fields;
    const bottomMlp = hasDense
      ? createMlp([denseFields, ...bottom, dim], deriveSeed(seed, 'bottom'), 'data')
      : [];
    const pairs = (vectors * (vectors - 1)) / 2;
    const topInputs = hasDense ? dim + pairs : pairs || dim;
    const topMlp = createMlp([topInputs, ...top, 1], deriveSeed(seed, 'top'), 'activations');
    const layers = [...bottomMlp, ...topMlp];
    const ofDense = (dense: tf.Tensor2D, backward?: BackwardPass) =>
      mlp(dense, bottomMlp, 'relu', 'data', backward);
    const interactions = (
      dense: tf.Tensor2D,
      embedded: tf.Tensor3D,
      backward?: BackwardPass,
      known?: tf.Tensor2D,
    ) => {
      if (hasDense) return dotInteraction(known ?? ofDense(dense, backward), embedded);
      return pairs > 0 ? pairwiseDots(embedded) : tf.reshape<tf.Rank.R2>(embedded, [-1, dim]);
    };
    return {
      variables: variablesOf(layers),
      layers,
      ...(hasDense && { ofDense }),
      logits(dense, embedded, backward, known) {
        const x = interactions(dense, embedded, backward, known); // [batch, topInputs]
        return tf.reshape(mlp(x, topMlp, 'linear', 'activations', backward), [-1]);
      },
    };
  },
};
