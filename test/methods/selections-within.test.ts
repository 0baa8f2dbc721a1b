import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { isInfeasible, type Method, type Plan } from '../../harness/contract/method.ts';
import { budgetFor, sizeOf } from '../../harness/contract/size.ts';
import { methods, wrappers } from '../../methods/index.ts';
import { trainedTo } from './trained.ts';

/**
 * What training finds decides what is served: whatever that is, and however ids were counted, the layer takes no more than its budget,
 * and no more than the plan has promised.
 */

const searched = ['mixed-precision-embeddings', 'shark', 'fiited', 'sseds', 'dim-grow', 'field-pruning'];

/** Counts of ids as a log may have them, and as none has. */
const countings: Readonly<Record<string, (id: number, n: number, draw: () => number) => number>> = {
  'never seen': () => 0,
  'seen equally often': () => 7,
  'rarest first': (id) => id,
  'one alone is seen': (id, n) => (id === n - 1 ? 2 ** 31 : 0),
  'as it comes': (_, __, draw) => Math.floor(4 / draw() - 4),
  'most frequent first': (id) => Math.ceil(1000 / (id + 1)),
};

/** Numbers that training might leave: none, all alike, of any size. */
const findings: Readonly<Record<string, (normal: () => number) => number>> = {
  zeros: () => 0,
  alike: () => 0.5,
  any: (normal) => normal(),
  huge: (normal) => normal() * 1e18,
  tiny: (normal) => normal() * 1e-30,
};

/** The plan that is served after trainings that have left such numbers in weights, and in maps that hold floats. */
async function lastOf(first: Plan, method: Method, find: () => number): Promise<Plan> {
  let plan = first;
  while (plan.next) {
    if (['shark', 'fiited'].includes(method.name))
      new Float32Array(plan.maps![0].values.buffer).forEach((_, i, all) => (all[i] = Math.abs(find())));
    const weights = (plan.weights ?? []).map(
      (weight) => [weight, Float32Array.from({ length: weight.shape.reduce((n, m) => n * m, 1) }, find)] as const,
    ); // prettier-ignore
    ({ plan } = await plan.next(trainedTo(weights)));
  }
  return plan;
}

test.each(searched)(
  '%s',
  async (name) => {
    const method = methods.find((one) => one.name === name)!;
    const asked = fc.record({
      cardinalities: fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 700 })), { minLength: 1, maxLength: 5 }), // prettier-ignore
      dim: fc.integer({ min: 1, max: 17 }),
      ratio: fc.double({ min: 1, max: 150, noNaN: true }),
      seed: fc.integer({ min: 0, max: 999 }),
      counting: fc.constantFrom(...Object.keys(countings)),
      finding: fc.constantFrom(...Object.keys(findings)),
      wrapper: fc.constantFrom(undefined, ...wrappers.keys()),
    });
    await fc.assert(
      fc.asyncProperty(asked, async ({ cardinalities, dim, ratio, seed, counting, finding, wrapper }) => {
        const stream = random(seed);
        const fields = cardinalities.map((n, f) => ({
          name: `C${f}`,
          cardinality: n,
          counts: Uint32Array.from({ length: n }, (_, id) => countings[counting](id, n, () => stream.uniform() + 1e-9)), // prettier-ignore
        }));
        const as = wrapper === undefined ? method : wrappers[wrapper].wrap(method);
        const layer = { fields, dim, budget: budgetFor({ fields, dim }, ratio), seed };
        const found = as.plan(layer, as.options.parse({}));
        // The smallest layer is the narrowest case.
        const budget = isInfeasible(found) ? found.smallestBytes : layer.budget;
        const plan = isInfeasible(found) ? as.plan({ ...layer, budget }, as.options.parse({})) : found;
        if (isInfeasible(plan)) throw new Error(`${as.name} does not fit in what it said it takes`);
        const last = await lastOf(plan, method, () => findings[finding](() => stream.normal()));
        const { servingBytes } = sizeOf(last);
        expect(servingBytes).toBeLessThanOrEqual(budget);
        expect(servingBytes).toBeLessThanOrEqual(sizeOf(plan).servingBytes);
      }),
      { numRuns: 25, seed: 3 },
    );
  },
  60_000,
);
