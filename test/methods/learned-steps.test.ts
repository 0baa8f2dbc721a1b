import { describe, expect, test } from 'vitest';
import { fromHalf, toHalf } from '../../harness/serving/half.ts';
import { endsOf } from '../../methods/shared/precision/integer-grid.ts';
import {
  learnSteps,
  nearestHalf,
  stepOf,
  stepSlope,
  stepState,
} from '../../methods/adaptive-low-precision-training/learned-steps.ts';

// Four bits in steps of a half: from -4 to 3.5.
test.each([
  ['below', -5, -8],
  ['at the lowest', -4, -8],
  ['above', 4, 7],
  ['at the highest', 3.5, 7],
  ['inside, rounded up', 0.9, 2 - 1.8],
  ['inside, rounded down', 0.6, 1 - 1.2],
  ['on a multiple', 1.5, 0],
])('the slope of a float that is %s: %d', (_, x, slope) => {
  expect(stepSlope(x, 0.5, endsOf(4))).toBeCloseTo(slope, 12);
});

test('the slope is that of finite differences, but for what rounding itself gives straight through', () => {
  const ends = endsOf(3);
  for (const x of [-3, -0.77, -0.2, 0.1, 0.49, 0.8, 2]) {
    const step = 0.3;
    // round(x / s) s with round(z) in place of z + const: const s + x, whose slope is const = round(z) - z.
    const exact = x / step;
    const rest = Math.round(exact) - exact;
    const at = (s: number) => {
      if (exact <= ends.lowest) return ends.lowest * s;
      if (exact >= ends.highest) return ends.highest * s;
      return (x / s + rest) * s;
    };
    expect(stepSlope(x, step, ends)).toBeCloseTo((at(step + 1e-6) - at(step - 1e-6)) / 2e-6, 8);
  }
});

describe('an update of steps', () => {
  const rule = { first: 0.5, rate: 0.01, ends: endsOf(4), gradientScale: 0.1, stored: Math.fround };
  const values = Float32Array.of(0.9, 5, 0.9, -5, 1.5, 1);
  const learned = (gradients: Float32Array, times = 1, given = rule) => {
    const state = new Float32Array(3 * stepState);
    for (let i = 0; i < times; i++) learnSteps({ values, gradients, state }, given);
    return state;
  };

  test('begins with the first step', () => {
    expect(stepOf(new Float32Array(stepState), 0, rule)).toBe(0.5);
  });

  test('goes against the gradient, by the rate at first, row by row', () => {
    const state = learned(Float32Array.of(0, 1, 0, 1, 3, 3));
    // Too small for 5 (slope 7) and for -5 (slope -8): it shrinks where the loss rises with the float, and grows.
    expect(stepOf(state, 0, rule)).toBeCloseTo(0.49, 5);
    expect(stepOf(state, 1, rule)).toBeCloseTo(0.51, 5);
    expect(stepOf(state, 2, rule)).toBe(0.5); // on the grid
    expect([...state.filter((_, i) => i % stepState === 3)]).toEqual([1, 1, 1]);
  });

  test('has the gradient of the formula in its first moment, scaled', () => {
    const gradients = Float32Array.of(2, 0.25, 0, 1, 0, 0);
    const state = learned(gradients);
    expect(state[1]).toBeCloseTo(0.1 * 0.1 * (2 * 0.2 + 0.25 * 7), 6);
    expect(state[2]).toBeCloseTo(0.001 * (0.1 * (2 * 0.2 + 0.25 * 7)) ** 2, 8);
  });

  test('leaves a step above zero however long it shrinks', () => {
    const state = learned(Float32Array.of(0, 1, 0, 0, 0, 0), 200, { ...rule, rate: 1 });
    expect(stepOf(state, 0, rule)).toBeCloseTo(0.005, 6);
  });
});

test('a step rounded to 16 bits is the one that is stored', () => {
  for (let i = 1; i < 3000; i++) {
    const x = Math.fround(2 ** (Math.sin(i) * 12 - 12) * (1 + i / 3000));
    if (x < 2 ** -24) continue;
    expect(nearestHalf(x)).toBe(fromHalf(toHalf(x)));
  }
  expect([1, 1 + 2 ** -11, 1 + 3 * 2 ** -11].map(nearestHalf)).toEqual([1, 1, 1 + 2 ** -9]);
});
