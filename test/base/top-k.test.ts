import fc from 'fast-check';
import { expect, test } from 'vitest';
import { topK } from '../../base/top-k.ts';

const oracle = (floats: Float32Array, count: number) =>
  [...floats.keys()]
    .sort((a, b) => Math.abs(floats[b]) - Math.abs(floats[a]) || a - b)
    .slice(0, count)
    .sort((a, b) => a - b);

test('positions of the largest magnitudes, the first of equal ones', () => {
  const numbers = fc.oneof(
    fc.float({ noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, Math.fround(0.1), -Infinity, Math.fround(1e-44)),
  );
  fc.assert(
    fc.property(fc.array(numbers, { maxLength: 60 }), fc.integer({ min: -1, max: 70 }), (values, count) => {
      const floats = Float32Array.from(values);
      expect([...topK(floats, count)]).toEqual(oracle(floats, Math.max(0, count)));
    }),
    { numRuns: 1000 },
  );
});

test('of a part of an array too', () => {
  const part = Float32Array.from([9, 1, -3, 2, 9]).subarray(1, 4);
  expect([...topK(part, 2)]).toEqual([1, 2]);
});
