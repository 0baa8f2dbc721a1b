import { z } from 'zod';
import * as tf from '../../tensors/index.ts';
import { deriveSeed } from '../../base/hash.ts';
import type { Model } from '../contract/model.ts';
import { deepInput } from '../ops/deep-input.ts';
import { mlp } from '../ops/mlp.ts';
import { rowDots } from '../ops/row-dots.ts';
import { type BiasedLayer, createLayer, createMlp, variablesOf } from './create-layers.ts';
import { layerWidths, widthsText } from './layer-widths.ts';

const options = z.strictObject({
  first: layerWidths('400', 'layers of the first MLP'),
  second: layerWidths('400', 'layers of the second MLP'),
});

/**
 * FinalMLP without feature selection and with one head: two MLPs of the same input, with ReLU after every layer, and a bilinear form
 * of their outputs a and c: z = w_1 . a + w_2 . c + a M c + b. The form is a dense layer with the weights M and the biases w_2, and
 * its dot product with c.
 */
export const finalmlp: Model<z.infer<typeof options>> = {
  name: 'finalmlp',
  aliases: ['final-mlp'],
  title: 'FinalMLP',
  formula: 'z = w_1 · a + w_2 · c + a M c + b, a = MLP_1(x_0), c = MLP_2(x_0)',
  paper: {
    cite: 'Mao et al., FinalMLP: An Enhanced Two-Stream MLP Model for CTR Prediction, AAAI 2023',
    url: 'https://arxiv.org/abs/2304.00902',
  },
  options,
  describe: ({ first, second }) => `${widthsText(first)}/${widthsText(second)}`,
  build({ denseFields, fields, dim }, { first, second }, seed) {
    const inputs = fields * dim + denseFields;
    const mlpOf = (widths: readonly number[], name: string) =>
      createMlp([inputs, ...widths], deriveSeed(seed, name), 'activations');
    const [left, right] = [mlpOf(first, 'first'), mlpOf(second, 'second')];
    const [wide, high] = [first.at(-1) ?? inputs, second.at(-1) ?? inputs];
    const bilinear = createLayer(wide, high, deriveSeed(seed, 'bilinear'));
    right[0] = { ...right[0], sharesInput: true };
    const linear: BiasedLayer = { ...createLayer(wide, 1, deriveSeed(seed, 'linear')), sharesInput: true };
    const layers = [...left, ...right, bilinear, linear];
    return {
      variables: variablesOf(layers),
      layers,
      logits(dense, vectors, backward) {
        const x0 = deepInput(vectors, dense, 0);
        const a = mlp(x0, left, 'relu', 'activations', backward);
        const c = mlp(x0, right, 'relu', 'activations', backward);
        const form = rowDots(mlp(a, [bilinear], 'linear', 'activations', backward), c);
        const ofA = mlp(a, [linear], 'linear', 'activations', backward);
        return tf.add(form, tf.reshape(ofA, [-1]));
      },
    };
  },
};
