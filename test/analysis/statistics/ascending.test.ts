import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ascending } from '../../../analysis/statistics/ascending.ts';

it('is the stable order of any floats, signed zeros and infinities included', () => {
  const float = fc.oneof(
    fc.float({ noNaN: true }),
    fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, 2 ** -149),
  );
  fc.assert(
    fc.property(fc.array(float, { maxLength: 60 }), (values) => {
      const numbers = Float32Array.from(values);
      const places = [...numbers.keys()].sort((i, j) =>
        numbers[i] < numbers[j] ? -1 : numbers[i] > numbers[j] ? 1 : i - j,
      );
      expect([...ascending(numbers)]).toEqual(places);
    }),
  );
});
