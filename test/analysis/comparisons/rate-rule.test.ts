import { expect, test } from 'vitest';
import { extension, ruledRate, trialError } from '../../../analysis/comparisons/rate-rule.ts';

const trials = (...aucs: (number | undefined)[]) =>
  aucs.map((validationAuc, i) => ({ rate: 0.005 * 2 ** i, validationAuc }));
const error = 0.002;
const grid = [0.005, 0.01, 0.02];

test.each([
  { name: 'the best, if it leads by more than one error', aucs: [0.75, 0.752, 0.755], rate: 0.02 },
  { name: 'one inside the grid before an end that leads by less', aucs: [0.75, 0.754, 0.7555], rate: 0.01 },
  {
    name: 'one inside the grid before a lower end that leads by less',
    aucs: [0.7555, 0.754, 0.75],
    rate: 0.01,
  },
  { name: 'the lower of two ends that are alike', aucs: [0.755, 0.75, 0.756], rate: 0.005 },
  { name: 'the lower of two inside the grid', aucs: [0.74, 0.7551, 0.756, 0.75], rate: 0.01 },
  { name: 'what gave a number', aucs: [undefined, undefined, 0.6], rate: 0.02 },
  { name: 'none, if nothing gave a number', aucs: [undefined, undefined], rate: undefined },
])('$name', ({ aucs, rate }) => {
  expect(ruledRate(trials(...aucs), error)).toBe(rate);
});

test.each([
  { name: 'twice the highest while it leads by more than the error', aucs: [0.75, 0.752, 0.755], next: 0.04 },
  { name: 'half the lowest likewise', aucs: [0.755, 0.752, 0.75], next: 0.0025 },
  { name: 'none for an end that leads by less', aucs: [0.75, 0.754, 0.7555], next: undefined },
  { name: 'none for a lead inside', aucs: [0.75, 0.756, 0.75], next: undefined },
  { name: 'another after the first', aucs: [0.75, 0.752, 0.755, 0.758], next: 0.08 },
  { name: 'none after the second', aucs: [0.75, 0.752, 0.755, 0.758, 0.762], next: undefined },
  { name: 'none where the rate beyond diverged', aucs: [0.75, 0.752, 0.755, undefined], next: undefined },
])('the grid gets $name', ({ aucs, next }) => {
  expect(extension(trials(...aucs), error, grid)).toBe(next);
});

test('the error of a trial falls with the rows of validation down to that of training', () => {
  expect(trialError(10_888)).toBeCloseTo(Math.hypot(0.00137, 0.00163), 12);
  expect(trialError(1e9)).toBeCloseTo(0.00137, 5);
  expect(trialError(500)).toBeGreaterThan(0.007);
});
