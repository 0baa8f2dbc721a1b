import { gradient, mul, number, sub, weight } from './expression.ts';
import type { UpdateRule } from './update-rule.ts';

/** w -= rate g */
export const sgd: UpdateRule<'sgd'> = {
  name: 'sgd',
  title: 'SGD',
  learningRate: 0.1,
  hyperParameters: {},
  numbers: (rate) => ({ rate }),
  states: [],
  update: [{ to: 'weight', is: sub(weight, mul(number('rate'), gradient)) }],
};
