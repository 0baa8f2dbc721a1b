import * as tf from '@tensorflow/tfjs';
import type { Rule } from './rule.ts';

/** Applies a rule to dense variables; owns their state. */
export class DenseOptimizer {
  private readonly states: tf.Variable[][];
  private step = 0;
  private readonly rule: Rule;
  private readonly variables: readonly tf.Variable[];

  constructor(rule: Rule, variables: readonly tf.Variable[]) {
    this.rule = rule;
    this.variables = variables;
    this.states = variables.map(({ shape }) =>
      rule.denseState(shape).map((stateShape) => tf.tidy(() => tf.variable(tf.zeros(stateShape), false))),
    );
  }

  /** One step; variables without a gradient stay as they are. Gradients are by variable name. */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void {
    this.step++;
    tf.tidy(() => {
      this.variables.forEach((variable, i) => {
        const gradient = gradients[variable.name];
        if (gradient !== undefined)
          this.rule.updateDense(variable, gradient, this.states[i], learningRate, this.step);
      });
    });
  }

  dispose(): void {
    for (const state of this.states.flat()) state.dispose();
  }
}
