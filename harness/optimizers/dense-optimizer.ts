import * as tf from '../../tensors/index.ts';
import type { StepNumbers } from '../contract/step-replay.ts';
import type { Estimate } from '../gradients/stream-batch.ts';
import { kernelOr } from '../ops/kernel.ts';
import { stepByEstimate } from './estimate-step.ts';
import type { Rule } from './rule.ts';

/** The optimizer's state of a dense variable. */
export interface VariableState {
  readonly rule: Rule['name'];
  readonly tensors: readonly tf.Variable[];
  /** Steps that its optimizer has made since it has the variable: the t of Adam's corrections. */
  steps: number;
}

/** Applies a rule to dense variables; owns their state. */
export class DenseOptimizer {
  private readonly states: Map<tf.Variable, VariableState>;
  private readonly numbers = new Map<VariableState, StepNumbers>();
  private readonly rule: Rule;
  private readonly kernels: boolean;

  /**
   * `known`: the states of variables that do not begin with none. It takes them over. `kernels`: whether the backend's
   * kernels know the rule.
   */
  constructor(
    rule: Rule,
    variables: readonly tf.Variable[],
    known: ReadonlyMap<tf.Variable, VariableState> = new Map<tf.Variable, VariableState>(),
    { kernels = true } = {},
  ) {
    this.rule = rule;
    this.kernels = kernels;
    this.states = new Map(
      variables.map((variable) => {
        const before = known.get(variable);
        if (before && !fits(before, rule, variable))
          throw new RangeError(
            `state of ${before.rule} is not that of a variable [${variable.shape.join()}]`,
          );
        return [variable, before ?? noState(rule, variable)];
      }),
    );
  }

  /** Bytes of the state. */
  get stateBytes(): number {
    return this.tensors.reduce((sum, { size }) => sum + 4 * size, 0);
  }

  stateOf(variable: tf.Variable): VariableState | undefined {
    return this.states.get(variable);
  }

  /** Gives up the state of a variable, which is the caller's from here on. No step may follow. */
  release(variable: tf.Variable): VariableState | undefined {
    const state = this.states.get(variable);
    this.states.delete(variable);
    return state;
  }

  /** Goes on to the next step, whose updates follow: by `update`, or by calls that a backend has recorded of it. */
  begin(learningRate: number): void {
    for (const state of this.states.values()) {
      const numbers = this.numbersOf(state);
      numbers.step = ++state.steps;
      numbers.learningRate = learningRate;
    }
  }

  /**
   * The updates of the step; variables without a gradient stay as they are. Gradients are by variable name; of some variables
   * there is an estimate instead.
   */
  update(gradients: tf.NamedTensorMap, estimates?: ReadonlyMap<tf.Variable, Estimate>): void {
    tf.tidy(() => {
      for (const [variable, state] of this.states) {
        const gradient = gradients[variable.name];
        const estimate = estimates?.get(variable);
        if (gradient !== undefined) this.updateOne(variable, gradient, state);
        else if (estimate !== undefined)
          stepByEstimate(this.rule, variable, estimate, state.tensors, this.numbersOf(state), this.kernels);
      }
    });
  }

  /** A whole step. */
  apply(gradients: tf.NamedTensorMap, learningRate: number): void {
    this.begin(learningRate);
    this.update(gradients);
  }

  /**
   * Backends may bring a kernel `OptimizerStep`, which changes its inputs in place (`variable`, `gradient`, and `state0`,
   * `state1` and so on as the rule has them, in that order; attributes `rule` and `numbers`: StepNumbers) and has no output.
   */
  private updateOne(variable: tf.Variable, gradient: tf.Tensor, state: VariableState): void {
    const { rule } = this;
    const { tensors } = state;
    const numbers = this.numbersOf(state);
    const composition = () =>
      rule.updateDense(variable, gradient, [...tensors], numbers.learningRate, numbers.step);
    if (!this.kernels) return composition();
    kernelOr(
      'OptimizerStep',
      { variable, gradient, ...Object.fromEntries(tensors.map((tensor, i) => [`state${i}`, tensor])) },
      composition,
      { rule: rule.name, numbers: numbers as never },
    );
  }

  private numbersOf(state: VariableState): StepNumbers {
    const known = this.numbers.get(state);
    if (known) return known;
    const numbers = { learningRate: NaN, step: state.steps };
    this.numbers.set(state, numbers);
    return numbers;
  }

  dispose(): void {
    for (const tensor of this.tensors) tensor.dispose();
  }

  private get tensors(): tf.Variable[] {
    return [...this.states.values()].flatMap(({ tensors }) => tensors);
  }
}

function noState(rule: Rule, { shape }: tf.Variable): VariableState {
  const tensors = rule.denseState(shape).map((own) => tf.tidy(() => tf.variable(tf.zeros(own), false)));
  return { rule: rule.name, tensors, steps: 0 };
}

function fits({ rule: own, tensors }: VariableState, rule: Rule, { shape }: tf.Variable): boolean {
  const shapes = (all: readonly (readonly number[])[]) => all.map((one) => one.join()).join(' ');
  return (
    own === rule.name && shapes(tensors.map((tensor) => tensor.shape)) === shapes(rule.denseState(shape))
  );
}
