import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyBytes, keysOf } from '../../harness/contract/keys.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { budgetFor, sizeOf } from '../../harness/contract/size.ts';
import { methods } from '../../methods/index.ts';
import { countingKeys } from '../../suites/counting-keys.ts';
import { findMethod } from '../../suites/find-method.ts';
import { zipfFields } from '../layers.ts';
import { criteoShaped } from '../methods/criteo-shaped.ts';

const fields = zipfFields([3, 40, 700, 300]);
const dim = 8;
const options = (name: string) => findMethod(name).options.parse({});
const planned = (name: string, ratio: number) => {
  const layer = { fields, dim, seed: 1, budget: budgetFor({ fields, dim }, ratio, 'keys') };
  return { layer, plan: countingKeys(findMethod(name)).plan(layer, options(name)) };
};
const bytes = (plan: Plan) => sizeOf(plan).servingBytes + keyBytes(keysOf(plan, fields));

describe('with keys in the budget', () => {
  test.each(methods.map(({ name }) => name))('%s fits, or says what it would take', (name) => {
    for (const ratio of [1, 3, 20]) {
      const { layer, plan } = planned(name, ratio);
      if (!isInfeasible(plan)) expect(bytes(plan)).toBeLessThanOrEqual(layer.budget);
      else {
        expect(plan.smallestBytes).toBeGreaterThan(layer.budget);
        const again = countingKeys(findMethod(name)).plan({ ...layer, budget: plan.smallestBytes }, options(name)); // prettier-ignore
        expect(isInfeasible(again)).toBe(false);
      }
    }
  });

  test('full is full at ratio 1 alone', () => {
    const { layer, plan } = planned('full', 1);
    expect(bytes(plan as Plan)).toBe(layer.budget);
    expect(isInfeasible(planned('full', 1.01).plan)).toBe(true);
  });

  test('what is left of a budget is little', () => {
    for (const name of ['frequency-truncation', 'hashing-trick', 'dpq', 'robe']) {
      const { layer, plan } = planned(name, 6);
      expect(bytes(plan as Plan), name).toBeGreaterThan(0.93 * layer.budget);
    }
  });

  test('little is left where rows are given to ids that training finds, at high ratios too', () => {
    for (const name of ['cafe', 'ada-embed', 'fp16(cafe)']) {
      const layer = { fields: criteoShaped, dim: 16, seed: 1 };
      const budget = budgetFor(layer, name === 'ada-embed' ? 15 : 20, 'keys');
      const plan = countingKeys(findMethod(name)).plan({ ...layer, budget }, options(name)) as Plan;
      const spent = sizeOf(plan).servingBytes + keyBytes(keysOf(plan, criteoShaped));
      expect(spent / budget, name).toBeGreaterThan(0.97);
      expect(keysOf(plan, criteoShaped), name).toBeLessThan(criteoShaped.reduce((sum, { cardinality }) => sum + cardinality, 0)); // prettier-ignore
    }
  });

  test('holds for any layer and ratio, quantized too', () => {
    const asked = fc.record({
      cardinalities: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
      dim: fc.integer({ min: 2, max: 12 }),
      ratio: fc.double({ min: 1, max: 60, noNaN: true }),
      name: fc.constantFrom('mixed-dimension', 'double-hashing', 'cafe', 'hashing-trick', 'int8(full)'),
    });
    fc.assert(
      fc.property(asked, ({ cardinalities, dim, ratio, name }) => {
        const some = zipfFields(cardinalities);
        const budget = budgetFor({ fields: some, dim }, ratio, 'keys');
        const plan = countingKeys(findMethod(name)).plan({ fields: some, dim, budget, seed: 1 }, options(name)); // prettier-ignore
        if (isInfeasible(plan)) expect(plan.smallestBytes).toBeGreaterThan(budget);
        else expect(sizeOf(plan).servingBytes + keyBytes(keysOf(plan, some))).toBeLessThanOrEqual(budget);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});
