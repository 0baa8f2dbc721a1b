import fc from 'fast-check';
import { expect, it } from 'vitest';
import { holm } from '../../../analysis/statistics/holm.ts';

it('steps down, and stops at the first that is not below', () => {
  // .005 <= .05/4 and .01 <= .05/3, but .03 > .05/2: that one stands, and .04 with it, though it is below .05.
  const judged = holm([0.01, 0.04, 0.03, 0.005]);
  expect(judged.map(({ rejected }) => rejected)).toEqual([true, false, false, true]);
  expect(judged.map(({ level }) => level)).toEqual([0.05 / 3, 0.025, 0.025, 0.0125]);
  expect(holm([])).toEqual([]);
});

it('is the closed test of Bonferroni: rejects what every set of hypotheses around it rejects', () => {
  const some = fc.array(fc.double({ min: 0, max: 0.12, noNaN: true }), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(some, (pValues) => {
      const sets = Array.from({ length: 2 ** pValues.length - 1 }, (_, bits) =>
        [...pValues.keys()].filter((i) => ((bits + 1) >> i) & 1),
      );
      const isRejected = (set: readonly number[]) =>
        Math.min(...set.map((i) => pValues[i])) <= 0.05 / set.length;
      const expected = pValues.map((_, i) => sets.filter((set) => set.includes(i)).every(isRejected));
      const judged = holm(pValues);
      expect(judged.map(({ rejected }) => rejected)).toEqual(expected);
      for (const [i, { rejected, level }] of judged.entries()) expect(pValues[i] <= level).toBe(rejected);
    }),
  );
});
