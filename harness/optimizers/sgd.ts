import * as tf from '../../tensors/index.ts';
import type { Rule } from './rule.ts';

export const sgd: Rule = {
  name: 'sgd',
  title: 'SGD',
  learningRate: 0.1,
  stateFloats: () => [],
  denseState: () => [],
  updateDense(variable, gradient, _state, learningRate) {
    variable.assign(tf.sub(variable, tf.mul(gradient, learningRate)));
  },
  updateRows({ weights, width, rows, gradients }, learningRate) {
    for (let i = 0, g = 0; i < rows.length; i++) {
      const end = (rows[i] + 1) * width;
      for (let w = rows[i] * width; w < end; w++, g++) weights[w] -= learningRate * gradients[g];
    }
  },
};
