import type { Expression } from './expression.ts';
import { hyperParametersOf } from './hyper-parameters.ts';

/**
 * An optimizer's rule: how one weight moves under its gradient. This is its only definition. The harness makes JavaScript
 * (rows in this process) and tensor operations (dense weights) of it, the native backend C++, the webgpu backend WGSL and
 * the tensorflow backend TensorFlow's operations.
 */
export interface UpdateRule<Name extends string = string> {
  readonly name: Name;
  readonly title: string;
  /** The learning rate used where none is given. */
  readonly learningRate: number;
  /** Defaults of what the paper leaves to be chosen, beside the learning rate: `--set ftrl.l2=0.5` sets others. */
  readonly hyperParameters: Readonly<Record<string, number>>;
  /** Bounds that hyper-parameters stay below; none is below 0. */
  readonly below?: Readonly<Record<string, number>>;
  /** Hyper-parameters that may not all be 0: nothing would be left to divide a weight by that has had no gradient. */
  readonly notAllZero?: readonly string[];
  /**
   * The numbers that the update names in step `step`, counted from 1, always the same names in the same order. They are
   * computed once for a step, in doubles, and handed to kernels as 32-bit floats. `namedNumbers` calls it.
   */
  readonly numbers: (
    learningRate: number,
    step: number,
    hyperParameters: Readonly<Record<string, number>>,
  ) => Readonly<Record<string, number>>;
  /**
   * The states of the rule, per float or per row. All start at 0, so that the state of a row that no batch contains is
   * untouched memory. A rule whose paper starts it elsewhere is written in other variables (ftrl.ts).
   */
  readonly states: readonly State[];
  /** Carried out in this order; the last one gives the weight. What is of rows comes before what is of floats. */
  readonly update: readonly Assignment[];
}

export interface State {
  readonly name: string;
  readonly per: 'float' | 'row';
}

/** Gives a state, the weight or a value of this step its number. */
export interface Assignment {
  readonly to: 'weight' | { readonly state: string } | { readonly value: string };
  readonly is: Expression;
}

/** Arrays of state that a rule may have: buffers of a kernel are few. */
export const maxStates = 4;
/** Numbers that a step may have: parameters of a kernel are few. */
export const maxNumbers = 12;

export function numberNames(rule: UpdateRule): readonly string[] {
  return Object.keys(namedNumbers(rule, rule.learningRate, 1));
}

/** The numbers of a step by their names, with the hyper-parameters that hold in this process. */
export function namedNumbers(
  rule: UpdateRule,
  learningRate: number,
  step: number,
): Readonly<Record<string, number>> {
  return rule.numbers(learningRate, step, hyperParametersOf(rule));
}

/** The numbers of a step in the order of their names. */
export function numbersOf(rule: UpdateRule, learningRate: number, step: number): readonly number[] {
  return Object.values(namedNumbers(rule, learningRate, step));
}

/** State floats of a [rows, width] matrix, one entry for each array of state. */
export function stateFloats({ states }: UpdateRule, rows: number, width: number): number[] {
  return states.map(({ per }) => (per === 'row' ? rows : rows * width));
}
