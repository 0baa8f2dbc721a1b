import { expect, test } from 'vitest';
import { chosenTarget, requireSearchable, searchNote } from '../../scripts/options/target-options.ts';

const usual = { margin: 0.001, baseline: true } as const;

test('a search has a range of ratios, a number of steps and the margin', () => {
  expect(chosenTarget(usual)).toBeUndefined();
  expect(chosenTarget({ ...usual, toTarget: true })).toEqual({
    margin: 0.001,
    least: 1,
    most: 1024,
    steps: 5,
  });
  const asked = { ...usual, margin: 0.003, toTarget: 7, compression: [2, 64] };
  expect(chosenTarget(asked)).toEqual({ margin: 0.003, least: 2, most: 64, steps: 7 });
});

test.each([
  [{ compression: [4] }, /--compression 4: --to-target takes the least and the most/],
  [{ compression: [4, 16, 64] }, /--compression 4,16,64: /],
  [{ compression: [16, 4] }, /--compression 16,4: /],
  [{ equalCompute: true as const }, /--equal-compute: /],
  [{ baseline: false }, /--no-baseline: /],
])('what a search has no use for is refused: %j', (changes, message) => {
  expect(() => chosenTarget({ ...usual, toTarget: true, ...changes })).toThrow(message);
});

test('a search needs a method that compresses, and one way of training', () => {
  const settings = { methods: [{ name: 'full', options: {} }], ways: [{}] };
  expect(() => requireSearchable(settings, 1)).not.toThrow();
  expect(() => requireSearchable(settings, 0)).toThrow(/--method full: --to-target searches for methods/);
  const two = { ...settings, ways: [{ activations: 8 as const }, { activations: 4 as const }] };
  expect(() => requireSearchable(two, 1)).toThrow(/--to-target compares with full in one way of training/);
});

test('the most runs are said before the first', () => {
  const search = chosenTarget({ ...usual, toTarget: true })!;
  const settings = { seeds: [1, 2, 3], learningRates: [0.01] };
  expect(searchNote(search, 10, settings)).toBe(
    'search: at most 5 ratios for each of 10 methods, with 3 seeds: up to 150 runs',
  );
  expect(searchNote(search, 1, { ...settings, learningRates: [0.01, 0.02] })).toBe(
    'search: at most 5 ratios for each of 1 method, with 3 seeds and 2 to 4 trials of learning rates: up to 35 runs',
  );
  expect(searchNote(search, 1, { ...settings, seeds: [1, 2] })).toBe(
    'search: at most 5 ratios for each of 1 method, with 2 seeds: up to 10 runs; fewer than three seeds give an estimate, and show nothing',
  );
});
