import { describe, expect, it } from 'vitest';
import {
  intervalOf,
  mean,
  meanInterval,
  median,
  medianAbsoluteDeviation,
  pairedDifference,
  pValueOf,
} from '../../../analysis/statistics/estimates.ts';
import { studentQuantile } from '../../../analysis/statistics/student-t.ts';

describe('studentQuantile', () => {
  // Printed tables of the t distribution.
  it.each([
    [0.975, 1, 12.7062],
    [0.975, 2, 4.30265],
    [0.975, 4, 2.77645],
    [0.975, 9, 2.26216],
    [0.95, 5, 2.01505],
    [0.995, 2, 9.92484],
    [0.975, 1000, 1.96234],
  ])('is right for p = %d with %d degrees of freedom', (p, df, expected) => {
    expect(studentQuantile(p, df)).toBeCloseTo(expected, 4);
  });

  it('has closed forms at one and two degrees of freedom', () => {
    for (const p of [0.6, 0.9, 0.99, 0.999]) {
      expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8);
      expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 8);
    }
  });

  it('is symmetric, and zero in the middle', () => {
    expect(studentQuantile(0.5, 3)).toBeCloseTo(0, 12);
    expect(studentQuantile(0.1, 3)).toBe(-studentQuantile(0.9, 3));
  });
});

describe('meanInterval', () => {
  it('is worked by hand for three seeds', () => {
    // mean 0.75, s² = (0.01² + 0 + 0.01²) / 2 = 1e-4, s/√3 = 0.0057735, times t(2) = 4.30265
    const { value, error, count } = meanInterval([0.74, 0.75, 0.76]);
    expect(value).toBeCloseTo(0.75, 12);
    expect(error).toBeCloseTo(0.0248414, 6);
    expect(count).toBe(3);
  });

  it('has no error bar for one seed, and a bar of zero for equal seeds', () => {
    expect(meanInterval([0.75])).toEqual({ value: 0.75, error: undefined, count: 1 });
    expect(meanInterval([0.5, 0.5]).error).toBe(0);
  });
});

describe('pairedDifference', () => {
  it('cancels what the seeds share', () => {
    const full = new Map([
      [1, 0.76],
      [2, 0.77],
      [3, 0.75],
    ]);
    const method = new Map([...full].map(([seed, auc]) => [seed, auc - 0.01]));
    const { value, error } = intervalOf(pairedDifference(method, full)!);
    expect(value).toBeCloseTo(-0.01, 12);
    expect(error).toBeCloseTo(0, 12);
    expect(meanInterval([...method.values()]).error).toBeGreaterThan(0.02);
  });

  it('uses the seeds both have', () => {
    const difference = pairedDifference(
      new Map([
        [1, 3],
        [2, 100],
      ]),
      new Map([
        [1, 1],
        [3, -100],
      ]),
    );
    expect(difference).toEqual({ value: 2, standardError: undefined, degrees: 0, count: 1 });
    expect(pairedDifference(new Map([[1, 3]]), new Map([[2, 3]]))).toBeUndefined();
  });
});

describe('pValueOf', () => {
  it('is one minus the confidence at which an interval just reaches zero', () => {
    for (const p of [0.2, 0.05, 0.001]) {
      const contrast = { value: 1, standardError: 1 / studentQuantile(1 - p / 2, 4), degrees: 4, count: 5 };
      expect(pValueOf(contrast)).toBeCloseTo(p, 10);
      expect(intervalOf(contrast, 1 - p).error).toBeCloseTo(1, 8);
    }
  });

  it('needs an error, but can do with one of zero', () => {
    const one = { value: 1, standardError: undefined, degrees: 0, count: 1 };
    expect(pValueOf(one)).toBeUndefined();
    expect(pValueOf({ ...one, standardError: 0, degrees: 2 })).toBe(0);
    expect(pValueOf({ value: 0, standardError: 0, degrees: 2, count: 3 })).toBe(1);
  });
});

it('takes medians of even and odd counts', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  // deviations from 5: 4, 0, 4, 1 and 95
  expect(medianAbsoluteDeviation([9, 5, 1, 4, 100])).toBe(4);
});
