import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holm } from '../../../analysis/statistics/holm.ts';

const p = fc.double({ min: 0, max: 1, noNaN: true });

it('rejects what the procedure of the paper rejects', () => {
  fc.assert(
    fc.property(fc.array(p, { maxLength: 20 }), (values) => {
      // The definition: the smallest are rejected up to the first that is above alpha / (number left).
      const sorted = values.toSorted((a, b) => a - b);
      const first = sorted.findIndex((value, i) => value > 0.05 / (values.length - i));
      const rejected = first < 0 ? sorted.length : first;
      expect(holm(values).filter((adjusted) => adjusted <= 0.05)).toHaveLength(rejected);
    }),
  );
});

it('rejects all that Bonferroni does, and none whose own p-value is not below alpha', () => {
  fc.assert(
    fc.property(fc.array(p, { minLength: 1, maxLength: 20 }), (values) => {
      const adjusted = holm(values);
      values.forEach((value, i) => {
        expect(adjusted[i]).toBeGreaterThanOrEqual(Math.min(1, value));
        expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, value * values.length) + 1e-15);
      });
    }),
  );
});
