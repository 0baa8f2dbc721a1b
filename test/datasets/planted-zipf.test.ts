import { describe, expect, test } from 'vitest';
import { rankOf } from '../../datasets/planted/zipf.ts';

/** Exact cumulative probabilities by summation. */
function cumulative({ cardinality, exponent, shift, top }: Parameters<typeof rankOf>[0]) {
  const weights = Float64Array.from({ length: cardinality }, (_, k) => (k + 1 + shift) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => top + ((1 - top) * (sum += weight)) / total);
}

describe.each([
  { cardinality: 3, exponent: 0.085, shift: 2.89, top: 0 },
  { cardinality: 2172, exponent: 2.161, shift: 68.8, top: 0.64 },
  { cardinality: 200_000, exponent: 1.029, shift: 2.7, top: 0 },
  { cardinality: 100_000, exponent: 1, shift: 0, top: 0.1 },
])('ranks of $cardinality ids with exponent $exponent', (law) => {
  const rank = rankOf(law);
  const exact = cumulative(law);

  test('are the exact quantiles', () => {
    for (let j = 0; j < 20_000; j++) {
      const u = (j + 0.5) / 20_000;
      const k = rank(u);
      // Within 1e-9 of a boundary either neighbour is right.
      expect(exact[k]).toBeGreaterThan(u - 1e-9);
      if (k > 0) expect(exact[k - 1]).toBeLessThanOrEqual(u + 1e-9);
    }
  });

  test('stay within the cardinality at both ends', () => {
    expect(rank(2 ** -33)).toBe(0);
    expect(rank(1 - 2 ** -33)).toBeLessThan(law.cardinality);
  });
});
