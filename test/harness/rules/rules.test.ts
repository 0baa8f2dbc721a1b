import { describe, expect, test } from 'vitest';
import {
  add,
  gradient,
  max,
  number,
  rowMean,
  state,
  sub,
  value,
  weight,
} from '../../../harness/rules/expression.ts';
import { optimizerRules, updateRules } from '../../../harness/rules/index.ts';
import { javascriptOf } from '../../../harness/rules/javascript.ts';
import { partsOf } from '../../../harness/rules/rule-parts.ts';
import type { UpdateRule } from '../../../harness/rules/update-rule.ts';

const last = { to: 'weight', is: sub(weight, gradient) } as const;
const rule: UpdateRule = {
  name: 'toy',
  title: 'Toy',
  learningRate: 1,
  hyperParameters: {},
  numbers: (rate) => ({ rate }),
  states: [],
  update: [last],
};
const perRow = { name: 's', per: 'row' } as const;

describe('a rule that is not well formed is refused', () => {
  test.each<[string, Partial<UpdateRule>]>([
    ['the last assignment is that of the weight', { update: [] }],
    ['state s never changes', { states: [perRow] }],
    ['there is no state t', { update: [{ to: 'weight', is: state('t') }] }],
    ['there is no state t', { update: [{ to: { state: 't' }, is: gradient }, last] }],
    ['there is no number beta', { update: [{ to: 'weight', is: sub(weight, number('beta')) }] }],
    ['there is no value z', { update: [{ to: 'weight', is: value('z') }] }],
    ['a mean of a row', { update: [{ to: 'weight', is: sub(weight, rowMean(gradient)) }] }],
    [
      'the state of a row depends on one of its floats',
      { states: [perRow], update: [{ to: { state: 's' }, is: add(state('s'), gradient) }, last] },
    ],
    ['one of gradients', { states: [perRow], update: [{ to: { state: 's' }, is: rowMean(weight) }, last] }],
    [
      'what is of rows comes before',
      {
        states: [perRow],
        update: [{ to: { value: 'z' }, is: gradient }, { to: { state: 's' }, is: rowMean(gradient) }, last],
      },
    ],
    [
      'one of gradients and numbers',
      { states: [perRow], update: [{ to: { state: 's' }, is: rowMean(state('s')) }, last] },
    ],
    ['is no name of a variable', { update: [{ to: { value: 'a b' }, is: gradient }, last] }],
    [
      'z is the name of two things',
      { update: [{ to: { value: 'z' }, is: gradient }, { to: { value: 'z' }, is: gradient }, last] },
    ],
    ['the weight is assigned once', { update: [last, last] }],
    ['5 states, 4 are the most', { states: [1, 2, 3, 4, 5].map((i) => ({ name: `s${i}`, per: 'row' })) }],
    ['is no name of a variable', { states: [{ name: 's; alert()', per: 'row' }] }],
    ['is no name of a variable', { numbers: () => ({ 'a-b': 1 }) }],
  ])('%s', (message, change) => {
    expect(() => partsOf({ ...rule, ...change })).toThrow(message);
  });
});

test('all rules that there are are well formed', () => {
  for (const name of optimizerRules) expect(() => partsOf(updateRules[name])).not.toThrow();
});

test('the JavaScript of a rule is the loop that one would write', () => {
  expect(javascriptOf(updateRules.adagrad)).toContain(
    [
      '  for (let w = row * width; w < end; w++, g++) {',
      '    state_sum[w] = (state_sum[w] + (gradients[g] * gradients[g]));',
      '    weights[w] = (weights[w] - ((number_rate * gradients[g]) / (Math.sqrt(state_sum[w]) + number_epsilon)));',
      '  }',
    ].join('\n'),
  );
  expect(javascriptOf({ ...rule, update: [{ to: 'weight', is: max(gradient, number('rate')) }] })).toContain(
    'weights[w] = Math.max(gradients[g], number_rate);',
  );
});
