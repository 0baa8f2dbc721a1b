import * as tf from '../../tensors/index.ts';
import { adagradEpsilon, adam, type OptimizerRule } from '../../harness/contract/backend.ts';
import type { ResourceVariable } from './resource-variable.ts';

export interface RowUpdate {
  readonly weights: ResourceVariable;
  readonly state: readonly ResourceVariable[];
  readonly rows: tf.Tensor1D; // different from each other
  readonly gradients: tf.Tensor2D; // [rows.length, width]
}

/** A rule on the rows of a table: the floats of state that it has for each, and its step, the first being 1. */
interface RowRule {
  readonly stateWidths: (width: number) => readonly number[];
  readonly update: (update: RowUpdate, learningRate: number, step: number) => void;
}

/** What the contract says of each rule, in TensorFlow's operations on rows. There is one for Adagrad, none for Adam. */
export const rowRules: Readonly<Record<OptimizerRule, RowRule>> = {
  sgd: {
    stateWidths: () => [],
    update({ weights, rows, gradients }, learningRate) {
      weights.subtract(rows, tf.mul(gradients, learningRate));
    },
  },
  adagrad: {
    stateWidths: (width) => [width],
    update({ weights, state: [sum], rows, gradients }, learningRate) {
      weights.adagrad(sum, rows, gradients, learningRate, adagradEpsilon);
    },
  },
  'rowwise-adagrad': {
    stateWidths: () => [1],
    update({ weights, state: [sum], rows, gradients }, learningRate) {
      const sums = tf.add<tf.Tensor2D>(sum.gather(rows), tf.mean(tf.square(gradients), 1, true));
      sum.set(rows, sums);
      const rates = tf.div(learningRate, tf.add(tf.sqrt(sums), adagradEpsilon)); // [rows, 1]
      weights.subtract(rows, tf.mul(gradients, rates));
    },
  },
  adam: {
    stateWidths: (width) => [width, width],
    update({ weights, state: [mean, variance], rows, gradients }, learningRate, step) {
      const { beta1, beta2, epsilon } = adam;
      const means = blend(mean.gather(rows), gradients, beta1);
      mean.set(rows, means);
      const variances = blend(variance.gather(rows), tf.square(gradients), beta2);
      variance.set(rows, variances);
      const root = tf.div(tf.sqrt(variances), Math.sqrt(1 - beta2 ** step));
      const scaled = tf.div<tf.Tensor2D>(means, tf.add(root, epsilon));
      weights.subtract(rows, tf.mul(scaled, learningRate / (1 - beta1 ** step)));
    },
  },
};

/** kept old + (1 - kept) now */
const blend = (old: tf.Tensor2D, now: tf.Tensor2D, kept: number): tf.Tensor2D =>
  tf.add(tf.mul(old, kept), tf.mul(now, 1 - kept));
