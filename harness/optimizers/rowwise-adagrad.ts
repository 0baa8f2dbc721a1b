import * as tf from '../../tensors/index.ts';
import { adagradEpsilon as epsilon } from '../contract/backend.ts';
import type { Rule } from './rule.ts';

/** Adagrad with one accumulator per row: 4 bytes of state a row instead of 4 x width (FBGEMM's form). */
export const rowwiseAdagrad: Rule = {
  name: 'rowwise-adagrad',
  title: 'row-wise Adagrad',
  learningRate: 0.01,
  stateFloats: (rows) => [rows],
  denseState: (shape) => [[...shape.slice(0, -1), 1]],
  updateDense(variable, gradient, [sum], learningRate) {
    const rows = gradient.rank === 0 ? tf.reshape(gradient, [1]) : gradient; // a scalar is a row of one
    sum.assign(tf.add(sum, tf.mean(tf.square(rows), -1, true)));
    const scaled = tf.div(rows, tf.add(tf.sqrt(sum), epsilon));
    variable.assign(tf.sub(variable, tf.reshape(tf.mul(scaled, learningRate), variable.shape)));
  },
  updateRows({ weights, state: [sum], width, rows, gradients }, learningRate) {
    for (let i = 0; i < rows.length; i++) {
      const g = i * width;
      let squares = 0;
      for (let k = 0; k < width; k++) squares += gradients[g + k] * gradients[g + k];
      sum[rows[i]] += squares / width;
      const rate = learningRate / (Math.sqrt(sum[rows[i]]) + epsilon);
      const w = rows[i] * width;
      for (let k = 0; k < width; k++) weights[w + k] -= rate * gradients[g + k];
    }
  },
};
