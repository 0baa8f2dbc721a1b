import * as tf from '../../tensors/index.ts';
import { adagradEpsilon as epsilon } from '../contract/backend.ts';
import type { Rule } from './rule.ts';

/** Duchi et al., JMLR 2011; form and defaults of torch.optim.Adagrad. */
export const adagrad: Rule = {
  name: 'adagrad',
  title: 'Adagrad',
  learningRate: 0.01,
  stateFloats: (rows, width) => [rows * width],
  denseState: (shape) => [[...shape]],
  updateDense(variable, gradient, [sum], learningRate) {
    sum.assign(tf.add(sum, tf.square(gradient)));
    const scaled = tf.div(gradient, tf.add(tf.sqrt(sum), epsilon));
    variable.assign(tf.sub(variable, tf.mul(scaled, learningRate)));
  },
  updateRows({ weights, state: [sum], width, rows, gradients }, learningRate) {
    for (let i = 0, g = 0; i < rows.length; i++) {
      const end = (rows[i] + 1) * width;
      for (let w = rows[i] * width; w < end; w++, g++) {
        sum[w] += gradients[g] * gradients[g];
        weights[w] -= (learningRate * gradients[g]) / (Math.sqrt(sum[w]) + epsilon);
      }
    }
  },
};
