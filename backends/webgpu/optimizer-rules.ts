import { adagradEpsilon, adam, type OptimizerRule } from '../../harness/contract/backend.ts';
import { type Program, writes } from './program.ts';

/** The rules of harness/contract/backend.ts in WGSL. */

/**
 * One float's step: `weights[at]`, under the gradient `g`, with its state in `state0[at]`, `state1[at]`. Row-wise Adagrad
 * has one state for many floats, which is another program's work.
 */
export const steps: Readonly<Record<Exclude<OptimizerRule, 'rowwise-adagrad'>, string>> = {
  sgd: 'weights[at] -= params.rate * g;',
  adagrad: `
  let sum = state0[at] + g * g;
  state0[at] = sum;
  weights[at] -= params.rate * g / (sqrt(sum) + ${adagradEpsilon});`,
  adam: `
  let mean = ${adam.beta1} * state0[at] + ${1 - adam.beta1} * g;
  let variance = ${adam.beta2} * state1[at] + ${1 - adam.beta2} * g * g;
  state0[at] = mean;
  state1[at] = variance;
  weights[at] -= params.rate * mean / (sqrt(variance) / params.root + ${adam.epsilon});`,
};

const states: Readonly<Record<OptimizerRule, number>> = {
  sgd: 0,
  adagrad: 1,
  'rowwise-adagrad': 1,
  adam: 2,
};

/** What a step writes. */
export const stepBuffers = (rule: OptimizerRule): Program['buffers'] => [
  writes('weights'),
  ...Array.from({ length: states[rule] }, (_, i) => writes(`state${i}`)),
];

/** Its numbers, see `ratesOf`. */
export const rateParams = [
  ['rate', 'f32'],
  ['root', 'f32'],
] as const;

/** Adam's bias corrections are folded into one factor for each moment: Kingma & Ba, section 2. */
export const ratesOf = (
  rule: OptimizerRule,
  learningRate: number,
  step: number,
): [rate: number, root: number] =>
  rule === 'adam'
    ? [learningRate / (1 - adam.beta1 ** step), Math.sqrt(1 - adam.beta2 ** step)]
    : [learningRate, 1];
