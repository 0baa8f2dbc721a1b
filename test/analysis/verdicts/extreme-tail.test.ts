import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differenceTail } from '../../../analysis/statistics/difference-tail.ts';
import { ExtremeTail } from '../../../analysis/verdicts/extreme-tail.ts';

const variance = fc.double({ min: 1e-8, max: 1e-4, noNaN: true });
const one = fc.record({
  x: fc.double({ min: -0.02, max: 0.02, noNaN: true }),
  ofSeeds: fc.oneof(variance, fc.constant(0)),
  ofRows: fc.oneof(variance, fc.constant(0)),
  degrees: fc.constantFrom(2, 4.5, 8),
});

it('is the least and the greatest of all tails', () => {
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), (all) => {
      const [least, greatest] = [new ExtremeTail('least'), new ExtremeTail('greatest')];
      const tails = all.map(({ x, ...noise }) => {
        const difference = { ...noise, value: 0, count: 3 };
        least.add(x, difference);
        greatest.add(x, difference);
        return differenceTail(x, difference);
      });
      expect(least.value).toBeCloseTo(Math.min(...tails), 12);
      expect(greatest.value).toBeCloseTo(Math.max(...tails), 12);
    }),
    { numRuns: 2000 },
  );
});

it('is undefined of none', () => {
  expect(new ExtremeTail('least').value).toBeUndefined();
});
