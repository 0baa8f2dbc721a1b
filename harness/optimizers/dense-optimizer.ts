import * as tf from '@tensorflow/tfjs';
import type { Estimate } from '../gradients/stream-batch.ts';
import { kernelOr } from '../ops/kernel.ts';
import { stepByEstimate } from './estimate-step.ts';
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

  /** Of the state. */
  get stateBytes(): number {
    return this.states.flat().reduce((sum, { size }) => sum + 4 * size, 0);
  }

  /**
   * One step; variables without a gradient stay as they are. Gradients are by variable name; of some variables there is an
   * estimate instead.
   */
  apply(
    gradients: tf.NamedTensorMap,
    learningRate: number,
    estimates?: ReadonlyMap<tf.Variable, Estimate>,
  ): void {
    this.step++;
    tf.tidy(() => {
      this.variables.forEach((variable, i) => {
        const gradient = gradients[variable.name];
        const estimate = estimates?.get(variable);
        if (gradient !== undefined) this.update(variable, gradient, this.states[i], learningRate);
        else if (estimate !== undefined)
          stepByEstimate(this.rule, variable, estimate, this.states[i], learningRate, this.step);
      });
    });
  }

  /**
   * Backends may bring a kernel `OptimizerStep`, which changes its inputs in place (`variable`, `gradient`, and `state0`,
   * `state1` as far as the rule has them; attributes `rule`, `learningRate` and `step`) and has no output.
   */
  private update(
    variable: tf.Variable,
    gradient: tf.Tensor,
    state: readonly tf.Variable[],
    learningRate: number,
  ): void {
    const { rule, step } = this;
    kernelOr(
      'OptimizerStep',
      { variable, gradient, ...Object.fromEntries(state.map((tensor, i) => [`state${i}`, tensor])) },
      () => rule.updateDense(variable, gradient, [...state], learningRate, step),
      { rule: rule.name, learningRate, step },
    );
  }

  dispose(): void {
    for (const state of this.states.flat()) state.dispose();
  }
}
