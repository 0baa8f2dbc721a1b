import { add, div, gradient, mul, number, sqrt, square, state, sub, weight } from './expression.ts';
import type { UpdateRule } from './update-rule.ts';

/** s += g^2; w -= rate g / (sqrt(s) + epsilon). Duchi et al., JMLR 2011; form and defaults of torch.optim.Adagrad. */
export const adagrad: UpdateRule<'adagrad'> = {
  name: 'adagrad',
  title: 'Adagrad',
  learningRate: 0.01,
  hyperParameters: { epsilon: 1e-10 },
  notAllZero: ['epsilon'],
  numbers: (rate, _step, { epsilon }) => ({ rate, epsilon }),
  states: [{ name: 'sum', per: 'float' }],
  update: [
    { to: { state: 'sum' }, is: add(state('sum'), square(gradient)) },
    {
      to: 'weight',
      is: sub(weight, div(mul(number('rate'), gradient), add(sqrt(state('sum')), number('epsilon')))),
    },
  ],
};
