import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { complementaryPartitions } from '../../methods/complementary-partitions/index.ts';
import { coprimeDivisors, radices } from '../../methods/complementary-partitions/partitions.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';

const product = (numbers: readonly number[]) => numbers.reduce((all, n) => all * n, 1);

describe('partitions', () => {
  test('in a mixed radix: a large lowest digit, and as few values as can be for the others', () => {
    expect(radices(1_000_000, 10_000, 3)).toEqual([100, 100, 100]);
    expect(radices(1_000_000, 4, 3)).toEqual([250_000, 2, 2]);
    expect(radices(1_000_000, 27, 4)).toEqual([37_038, 3, 3, 3]);
    expect(radices(5, 5, 3)).toEqual([1, 3, 2]);
  });

  test.each([27, 64, 125, 343, 1000, 4913])('roots are exact: %i', (cube) => {
    const root = Math.round(Math.cbrt(cube));
    expect(radices(cube * cube, cube, 4)).toEqual([cube, root, root, root]);
  });

  test('by remainders: divisors without a common factor', () => {
    expect(coprimeDivisors(1_000_000, 10_000, 3)).toEqual([100, 101, 103]);
    expect(coprimeDivisors(64, 16, 3)).toEqual([4, 5, 7]);
  });

  test('have values enough for all ids', () => {
    const any = fc.tuple(fc.integer({ min: 1, max: 2 ** 31 }), fc.double({ min: 1, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(any, fc.integer({ min: 2, max: 8 }), ([n, collisions], k) => {
        for (const digits of [radices, coprimeDivisors]) {
          const values = digits(n, collisions, k);
          expect(values.length).toBe(k);
          expect(product(values)).toBeGreaterThanOrEqual(n);
        }
      }),
    );
  });
});

describe('no two ids share all of their rows', () => {
  const variants = ['mixed-radix', 'remainder'].flatMap((partitions) =>
    [2, 3, 5].map((k) => ({ partitions, k })),
  );
  test.each([...variants, { partitions: 'path', k: 2 }])('$partitions, k $k', ({ partitions, k }) => {
    for (const n of [257, 1000, 12_517])
      for (const ratio of [3, 8]) {
        const plan = complementaryPartitions.plan(
          layerAt(uncountedFields([n]), 16, ratio),
          complementaryPartitions.options.parse({ partitions, k, threshold: 0, hidden: 1 }),
        );
        if (isInfeasible(plan)) continue;
        const lookUps = lookupsOf(plan, everyId(n), 1);
        expect(lookUps.length).toBe(partitions === 'path' ? 5 : k);
        const tuples = Array.from(everyId(n), (id) => lookUps.map(({ indices }) => indices[id]).join());
        expect(new Set(tuples).size).toBe(n);
      }
  });
});

describe('sizes', () => {
  const smallest = (options: Record<string, unknown>) => {
    const plan = complementaryPartitions.plan(
      layerAt(kaggleFields, 16, 1e9),
      complementaryPartitions.options.parse(options),
    );
    return isInfeasible(plan) ? plan.smallestBytes : Number.NaN;
  };

  test('on Criteo Kaggle three rows of n^(1/3) each come down to 62,336 floats, 0.0115 %', () => {
    expect(smallest({})).toBe(4 * 62_336);
  });

  test('path: rows and networks of 2 d h + h + d floats, as many floats of each', () => {
    const n = 340_000; // 100 networks of 544 floats beside 3400 rows of 16
    const plan = feasiblePlan(
      complementaryPartitions,
      { fields: uncountedFields([n]), dim: 16, budget: 4 * 2 * 100 * 544, seed: 1 },
      { partitions: 'path' },
    );
    expect(plan.choices.digits).toEqual([[3400, 100]]);
    expect(sizeOf(plan).parameters).toBe(2 * 100 * 544);
  });

  test('as few collisions as the budget allows', () => {
    const layer = { fields: uncountedFields([1_000_000]), dim: 16, budget: 64 * (250_000 + 4), seed: 1 };
    expect(feasiblePlan(complementaryPartitions, layer).choices.digits).toEqual([[250_000, 2, 2]]);
  });

  test('pieces of vectors that are put together cost their share of a row', () => {
    const fields = uncountedFields([1_000_000]);
    const plan = feasiblePlan(complementaryPartitions, layerAt(fields, 16, 16), { combine: 'concat' });
    expect(plan.tables.map(({ width }) => width)).toEqual([6, 5, 5]);
    const [digits] = plan.choices.digits as number[][];
    expect(sizeOf(plan).parameters).toBe(6 * digits[0] + 5 * digits[1] + 5 * digits[2]);
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.99 * 4_000_000);
  });

  test.each([4, 16, 64, 1000])('use up the budget on Criteo Kaggle at %ix', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    for (const partitions of ['mixed-radix', 'remainder'])
      expect(
        sizeOf(feasiblePlan(complementaryPartitions, layer, { partitions })).servingBytes,
      ).toBeGreaterThan(0.98 * layer.budget);
  });
});
