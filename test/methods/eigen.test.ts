import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { symmetricEigen } from '../../methods/shared/subspace/jacobi.ts';
import { momentsOf } from '../../methods/shared/low-rank/principal-axes.ts';

function symmetric(size: number, seed: number, scale = 1): Float64Array {
  const stream = random(seed);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) matrix[i * size + j] = matrix[j * size + i] = scale * stream.normal();
  return matrix;
}

describe('eigenvalues and vectors', () => {
  test('put the matrix together again, at right angles, largest first, for any symmetric matrix', () => {
    const cases = fc.record({
      size: fc.integer({ min: 1, max: 20 }),
      seed: fc.integer({ min: 0, max: 999 }),
      scale: fc.constantFrom(1e-9, 1, 1e9),
    });
    fc.assert(
      fc.property(cases, ({ size, seed, scale }) => {
        const matrix = symmetric(size, seed, scale);
        const { values, vectors } = symmetricEigen(matrix, size);
        values.slice(1).forEach((value, i) => expect(value).toBeLessThanOrEqual(values[i]));
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            let [entry, product] = [0, 0];
            for (let r = 0; r < size; r++) {
              entry += values[r] * vectors[r * size + i] * vectors[r * size + j];
              product += vectors[i * size + r] * vectors[j * size + r];
            }
            expect(Math.abs(entry - matrix[i * size + j])).toBeLessThan(1e-12 * size * scale * 10);
            expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-12);
          }
      }),
      { numRuns: 60 },
    );
  });

  test('of matrices known by heart', () => {
    expect([...symmetricEigen([2, 1, 1, 2], 2).values].map((x) => +x.toFixed(12))).toEqual([3, 1]);
    expect([...symmetricEigen([5, 0, 0, 0, 5, 0, 0, 0, 5], 3).values]).toEqual([5, 5, 5]);
    expect([...symmetricEigen([0, 0, 0, 0], 2).values]).toEqual([0, 0]);
    expect([...symmetricEigen([7], 1).vectors]).toEqual([1]);
  });
});

describe('moments', () => {
  const rows = Float32Array.of(1, 2, 3, 4, 5, 9);

  test('count a row as often as its weight says', () => {
    const thrice = Float32Array.of(1, 2, 3, 4, 3, 4, 3, 4);
    for (const centred of [false, true])
      expect(momentsOf(rows, 2, { weights: [1, 3, 0], centred })).toEqual(momentsOf(thrice, 2, { centred }));
  });

  test('are of rows alike where no weight is above 0', () => {
    expect(momentsOf(rows, 2, { weights: [0, 0, 0], centred: true })).toEqual(
      momentsOf(rows, 2, { centred: true }),
    );
  });

  test('by hand: mean (3, 5), spreads 8/3 and 26/3 about it', () => {
    const { mean, gram } = momentsOf(rows, 2, { centred: true });
    [3, 5].forEach((x, k) => expect(mean[k]).toBeCloseTo(x, 12));
    [8 / 3, 14 / 3, 14 / 3, 26 / 3].forEach((x, k) => expect(gram[k]).toBeCloseTo(x, 12));
  });
});
