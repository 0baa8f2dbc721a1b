import * as tf from '../../tensors/index.ts';
import { adam as constants } from '../contract/backend.ts';
import type { Rule } from './rule.ts';

const { beta1, beta2, epsilon } = constants;

/** Kingma & Ba, ICLR 2015. Lazy on rows, as torch.optim.SparseAdam: moments of rows outside the batch do not decay. */
export const adam: Rule = {
  name: 'adam',
  title: 'Adam (lazy on rows)',
  learningRate: 0.001,
  stateFloats: (rows, width) => [rows * width, rows * width],
  denseState: (shape) => [[...shape], [...shape]],
  updateDense(variable, gradient, [mean, variance], learningRate, step) {
    mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)));
    variance.assign(tf.add(tf.mul(variance, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
    const { rate, root } = corrections(learningRate, step);
    const scaled = tf.div(mean, tf.add(tf.div(tf.sqrt(variance), root), epsilon));
    variable.assign(tf.sub(variable, tf.mul(scaled, rate)));
  },
  updateRows({ weights, state: [mean, variance], width, rows, gradients }, learningRate, step) {
    const { rate, root } = corrections(learningRate, step);
    for (let i = 0, g = 0; i < rows.length; i++) {
      const end = (rows[i] + 1) * width;
      for (let w = rows[i] * width; w < end; w++, g++) {
        mean[w] = beta1 * mean[w] + (1 - beta1) * gradients[g];
        variance[w] = beta2 * variance[w] + (1 - beta2) * gradients[g] * gradients[g];
        weights[w] -= (rate * mean[w]) / (Math.sqrt(variance[w]) / root + epsilon);
      }
    }
  },
};

/** Bias corrections, folded into one factor for each moment. */
function corrections(learningRate: number, step: number) {
  return { rate: learningRate / (1 - beta1 ** step), root: Math.sqrt(1 - beta2 ** step) };
}
