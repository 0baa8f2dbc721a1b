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
    let worst = 0; // how far u lies outside the step of its rank: rounding apart, nowhere
    for (let j = 0; j < 20_000; j++) {
      const u = (j + 0.5) / 20_000;
      const k = rank(u);
      worst = Math.max(worst, u - exact[k], k > 0 ? exact[k - 1] - u : 0);
    }
    expect(worst).toBeLessThan(1e-9);
  });

  test('stay within the cardinality at both ends', () => {
    expect(rank(2 ** -33)).toBe(0);
    expect(rank(1 - 2 ** -33)).toBeLessThan(law.cardinality);
  });
});
