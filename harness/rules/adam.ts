import { add, div, gradient, mul, number, sqrt, state, sub, weight } from './expression.ts';
import type { UpdateRule } from './update-rule.ts';

/**
 * m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -= rate m / (sqrt(v) / biasCorrection2Sqrt + epsilon).
 * Kingma & Ba, ICLR 2015; `rate` and `biasCorrection2Sqrt` hold the corrections of the bias (section 2). Lazy on rows, as
 * torch.optim.SparseAdam: moments of rows outside the batch do not decay.
 */
export const adam: UpdateRule<'adam'> = {
  name: 'adam',
  title: 'Adam (lazy on rows)',
  learningRate: 0.001,
  hyperParameters: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  notAllZero: ['epsilon'],
  below: { beta1: 1, beta2: 1 },
  numbers: (learningRate, step, { beta1, beta2, epsilon }) => ({
    rate: learningRate / (1 - beta1 ** step),
    biasCorrection2Sqrt: Math.sqrt(1 - beta2 ** step),
    beta1,
    oneMinusBeta1: 1 - beta1, // rounded after it was taken: in 32-bit floats, 1 - 0.999 is off by 5e-5 of itself
    beta2,
    oneMinusBeta2: 1 - beta2,
    epsilon,
  }),
  states: [
    { name: 'mean', per: 'float' },
    { name: 'variance', per: 'float' },
  ],
  update: [
    {
      to: { state: 'mean' },
      is: add(mul(number('beta1'), state('mean')), mul(number('oneMinusBeta1'), gradient)),
    },
    {
      to: { state: 'variance' },
      is: add(mul(number('beta2'), state('variance')), mul(mul(number('oneMinusBeta2'), gradient), gradient)),
    },
    {
      to: 'weight',
      is: sub(
        weight,
        div(
          mul(number('rate'), state('mean')),
          add(div(sqrt(state('variance')), number('biasCorrection2Sqrt')), number('epsilon')),
        ),
      ),
    },
  ],
};
