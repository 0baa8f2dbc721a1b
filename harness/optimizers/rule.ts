import * as tf from '../../tensors/index.ts';
import type { OptimizerRule } from '../contract/backend.ts';
import { rowsInJavaScript, type UpdateRows } from '../rules/javascript.ts';
import { rowMeansOf } from '../rules/printed.ts';
import { updatedTensors } from '../rules/tensors.ts';
import { namedNumbers, stateFloats, type UpdateRule } from '../rules/update-rule.ts';

/** One update rule in its two forms: on dense tensors, and on the rows of a table that occur in a batch. */
export interface Rule {
  readonly name: OptimizerRule;
  readonly title: string;
  /** The learning rate used where none is given. */
  readonly learningRate: number;
  /** State floats of a [rows, width] matrix, one entry per array of state. All start at 0. */
  stateFloats(rows: number, width: number): number[];
  /** Updates a dense variable of any shape; its last axis counts as the row. */
  updateDense(
    variable: tf.Variable,
    gradient: tf.Tensor,
    state: tf.Variable[],
    learningRate: number,
    step: number,
  ): void;
  /** Shapes of the dense form's state. */
  denseState(shape: readonly number[]): number[][];
  /** Updates rows in place. */
  updateRows: UpdateRows;
}

/** Both forms of a rule, made of its declaration. */
export function ruleOf(declared: UpdateRule<OptimizerRule>): Rule {
  const { name, title, learningRate, states, update } = declared;
  const readsRows =
    rowMeansOf(update.map(({ is }) => is)).length > 0 || states.some(({ per }) => per === 'row');
  return {
    name,
    title,
    learningRate,
    stateFloats: (rows, width) => stateFloats(declared, rows, width),
    denseState: (shape) => states.map(({ per }) => (per === 'row' ? [...shape.slice(0, -1), 1] : [...shape])),
    updateDense(variable, gradient, state, rate, step) {
      const asRow = (x: tf.Tensor) => (readsRows && x.rank === 0 ? tf.reshape(x, [1]) : x); // a scalar is a row of one
      const before = { weight: asRow(variable), gradient: asRow(gradient), states: state };
      const after = updatedTensors(declared, before, namedNumbers(declared, rate, step));
      state.forEach((variable, i) => variable.assign(after.states[i]));
      variable.assign(readsRows ? tf.reshape(after.weight, variable.shape) : after.weight);
    },
    updateRows: rowsInJavaScript(declared),
  };
}
