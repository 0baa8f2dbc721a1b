import {
  add,
  div,
  gradient,
  max,
  min,
  mul,
  number,
  sqrt,
  square,
  state,
  sub,
  value,
  weight,
} from './expression.ts';
import type { UpdateRule } from './update-rule.ts';

/** The denominator of the weight, which is also what the gradient's square n adds to z for every unit of the weight. */
const slope = add(div(add(sqrt(state('n')), number('beta')), number('alpha')), number('l2'));

/**
 * FTRL-proximal: McMahan et al., KDD 2013, Algorithm 1, alpha being the learning rate. There
 *
 *     sigma = (sqrt(n + g^2) - sqrt(n)) / alpha;  z += g - sigma w;  n += g^2
 *     w = 0 if |z| <= l1, else -(z - sign(z) l1) / slope,  slope = (beta + sqrt(n)) / alpha + l2
 *
 * so that z = clip(z, -l1, l1) - w slope at all times: the weight says all of z but its part within l1, which is what this
 * rule remembers as `inner`. It starts at 0 whatever the weight starts at: a weight that does not start at 0, as those of
 * networks and embeddings must not, begins with the z that gives this weight under l2. With beta, l1 and l2 of 0 it is Adagrad.
 */
export const ftrl: UpdateRule<'ftrl'> = {
  name: 'ftrl',
  title: 'FTRL-proximal',
  learningRate: 0.1,
  hyperParameters: { beta: 1, l1: 0, l2: 1 },
  notAllZero: ['beta', 'l2'],
  numbers: (alpha, _step, { beta, l1, l2 }) => ({ alpha, beta, l1, minusL1: -l1, l2 }),
  states: [
    { name: 'inner', per: 'float' },
    { name: 'n', per: 'float' },
  ],
  update: [
    { to: { state: 'n' }, is: add(state('n'), square(gradient)) },
    // z + g - sigma w, with z = inner - w slope(n before) and sigma = slope(n) - slope(n before).
    { to: { value: 'z' }, is: sub(add(state('inner'), gradient), mul(weight, slope)) },
    { to: { state: 'inner' }, is: max(min(value('z'), number('l1')), number('minusL1')) },
    { to: 'weight', is: div(sub(state('inner'), value('z')), slope) },
  ],
};
