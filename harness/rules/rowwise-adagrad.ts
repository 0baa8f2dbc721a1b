import { add, div, gradient, mul, number, rowMean, sqrt, square, state, sub, weight } from './expression.ts';
import type { UpdateRule } from './update-rule.ts';

/**
 * Adagrad with one accumulator per row, the mean of the squares: 4 bytes of state a row instead of 4 x width (FBGEMM's
 * form). The last axis of a dense weight counts as the row.
 */
export const rowwiseAdagrad: UpdateRule<'rowwise-adagrad'> = {
  name: 'rowwise-adagrad',
  title: 'row-wise Adagrad',
  learningRate: 0.01,
  hyperParameters: { epsilon: 1e-10 },
  notAllZero: ['epsilon'],
  numbers: (rate, _step, { epsilon }) => ({ rate, epsilon }),
  states: [{ name: 'sum', per: 'row' }],
  update: [
    { to: { state: 'sum' }, is: add(state('sum'), rowMean(square(gradient))) },
    {
      to: 'weight',
      is: sub(weight, mul(div(number('rate'), add(sqrt(state('sum')), number('epsilon'))), gradient)),
    },
  ],
};
