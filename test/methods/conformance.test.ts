import * as tf from '../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { budgetFor, fullSize, sizeOf, tableRows } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { compared, openOnce } from '../backends/compared.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { isLong, sized } from '../long.ts';
import {
  allIds,
  dim,
  embedAll,
  fields,
  randomSlopes,
  readTables,
  sgdStep,
  vectorsNow,
} from './small-layer.ts';
import { variants } from './variants.ts';

/** Rules that every method must keep, whatever it does. */

const ratios = sized([1, 4, 64], [1, 2, 4, 8, 64]);

/** A driver for graphics that computes on the CPU takes its time to compile. */
const timeout = 180_000;

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const makeVectors = (plan: Plan, seed: number) => {
  const embedding = new Embedding(plan, backend, 'sgd', seed);
  const vectors = vectorsNow(embedding);
  embedding.dispose();
  return vectors;
};

/** Compares tens of thousands of floats, which takes `toEqual` a tenth of a second. */
const sameFloats = (a: Float32Array, b: Float32Array) =>
  a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

const known = new WeakMap<Plan, Float32Array>();
/** Vectors of all ids before training; made once. */
const vectorsOf = (plan: Plan) => {
  const vectors = known.get(plan) ?? makeVectors(plan, 1);
  known.set(plan, vectors);
  return vectors;
};

const firstOfFamily = new Set(
  [...new Set(variants.map(({ method }) => method.family))].map(
    (family) => variants.find(({ method }) => method.family === family)!.method,
  ),
);

describe.each(variants)('$name', ({ method, options, traits, plain }) => {
  const all = ratios.flatMap((ratio) => {
    const plan = method.plan(layerAt(fields, dim, ratio), method.options.parse(options));
    return isInfeasible(plan) ? [] : [{ ratio, plan }];
  });
  // A method with options of its own is tried at the two highest ratios that it has a plan for, in the short form.
  const plans = plain || isLong ? all : all.slice(-2);

  test('has a plan at some of the ratios', () => {
    expect(plans.length).toBeGreaterThan(0);
  });

  test('is within the budget, or says what it would take, at any layer and budget', () => {
    const layer = fc.record({
      cardinalities: fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 6 }),
      dim: fc.integer({ min: 2, max: 20 }),
      ratio: fc.double({ min: 1, max: 200, noNaN: true }),
      seed: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(layer, ({ cardinalities, dim, ratio, seed }) => {
        const asked = layerAt(zipfFields(cardinalities), dim, ratio, seed);
        const plan = method.plan(asked, method.options.parse(options));
        if (!isInfeasible(plan)) {
          expect(sizeOf(plan).servingBytes).toBeLessThanOrEqual(asked.budget);
          return;
        }
        // The size it names is out of this budget but can be had, and less cannot.
        expect(plan.smallestBytes).toBeGreaterThan(asked.budget);
        const again = method.plan({ ...asked, budget: plan.smallestBytes }, method.options.parse(options));
        expect(isInfeasible(again)).toBe(false);
        const less = { ...asked, budget: Math.floor(asked.budget / 2) };
        expect(isInfeasible(method.plan(less, method.options.parse(options)))).toBe(true);
      }),
      { numRuns: sized(60, 200), seed: 7 },
    );
  });

  test.skipIf(traits.neverFull !== undefined)('is a full table where the budget is full', () => {
    const plan = feasiblePlan(method, layerAt(fields, dim, 1), options);
    expect(sizeOf(plan).parameters).toBe(fullSize({ fields, dim }).parameters);
  });

  test.each(plans)('plans the same twice ($ratio x)', ({ ratio, plan }) => {
    const again = feasiblePlan(method, layerAt(fields, dim, ratio), options);
    expect(JSON.stringify(again)).toBe(JSON.stringify(plan));
    expect(sameFloats(vectorsOf(again), vectorsOf(plan))).toBe(true);
    expect(sameFloats(makeVectors(plan, 2), vectorsOf(plan))).toBe(false);
  });

  test.each(plans)('gives finite vectors of the right shape, on small batches too ($ratio x)', ({ plan }) => {
    expect(vectorsOf(plan).every(Number.isFinite)).toBe(true);
    const embedding = new Embedding(plan, backend, 'sgd', 1);
    expect(tf.tidy(() => embedAll(embedding).shape)).toEqual([allIds.batch, fields.length, dim]);
    const one = tf.tidy(() => embedding.embed(allIds.ids.slice(0, fields.length), 1, fields.length));
    expect(one.shape).toEqual([1, fields.length, dim]);
    expect([...one.dataSync()]).toEqual([...vectorsOf(plan).slice(0, fields.length * dim)]);
  });

  test.each(plans)('trains every id and uses every row ($ratio x)', async ({ plan }) => {
    const embedding = new Embedding(plan, backend, 'sgd', 1);
    const before = vectorsNow(embedding);
    const rowsBefore = await readTables(embedding, plan.tables);
    const grads = tf.tidy(() => sgdStep(embedding, randomSlopes(5), 0.1));
    if (traits.decoded !== undefined)
      for (const weight of plan.weights ?? []) {
        const variable = embedding.variableOf(weight);
        tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(grads[variable.name], 1e-4))));
      }
    const after = vectorsNow(embedding);
    const rowsAfter = await readTables(embedding, plan.tables);
    for (let vector = 0; vector < before.length; vector += dim) {
      const moved = before.subarray(vector, vector + dim).some((x, k) => x !== after[vector + k]);
      const dropped = before.subarray(vector, vector + dim).every((x) => x === 0);
      if (!moved && !(dropped && traits.zeroVectors) && traits.stepwise === undefined)
        expect.fail(`id of vector ${vector / dim} is not trained`);
    }
    plan.tables.forEach((table, t) => {
      if (traits.rowsGivenLater || traits.idleRows !== undefined) return;
      if (table.frozen) return;
      const rows = Array.from({ length: tableRows(table) }, (_, row) => row * table.width);
      const unused = rows.filter((at) =>
        rowsBefore[t].subarray(at, at + table.width).every((x, k) => x === rowsAfter[t][at + k]),
      );
      // A random hash leaves 1/e of the rows empty at one id per row, and fewer at more ids per row.
      expect(unused.length, `unused rows of table ${t}`).toBeLessThanOrEqual(
        traits.unusedRows ? 0.45 * rows.length : 0,
      );
    });
    tf.dispose(grads);
    embedding.dispose();
  });

  test.each(plans)('starts at the scale of a full table ($ratio x)', ({ plan }) => {
    const vectors = vectorsOf(plan);
    fields.forEach(({ cardinality }, f) => {
      if (cardinality < 40) return; // too few numbers to judge a deviation by
      let squares = 0;
      for (let id = 0; id < cardinality; id++)
        for (let k = 0; k < dim; k++) squares += vectors[(id * fields.length + f) * dim + k] ** 2;
      const deviation = Math.sqrt(squares / (cardinality * dim));
      const ratio = deviation / Math.sqrt(1 / (3 * cardinality));
      // Shared rows leave few numbers to average.
      const { from, to } = traits.startScale ?? { from: 0.5, to: 2 };
      expect(ratio).toBeGreaterThanOrEqual(from);
      expect(ratio).toBeLessThan(to);
    });
  });

  const results = async (plan: Plan) => {
    const embedding = new Embedding(plan, backend, 'sgd', 1);
    const embedded = tf.tidy(() => embedAll(embedding));
    const vectors = await embedded.data<'float32'>();
    embedded.dispose();
    tf.dispose(tf.tidy(() => sgdStep(embedding, randomSlopes(9), 1)));
    const rows = await readTables(embedding, plan.tables);
    embedding.dispose();
    return [vectors, ...rows];
  };

  const expectedOf = new Map<Plan, Float32Array[]>();
  /** The results of the oracle, which is open now: made once for all backends. */
  const expectedOfOracle = async (plan: Plan) => {
    const expected = expectedOf.get(plan) ?? (await results(plan));
    expectedOf.set(plan, expected);
    return expected;
  };

  // Backends differ in their kernels, not in methods: one size of each is enough but for the one that is used most. A software driver
  // for graphics compiles for a second: it has one method of each family in the short form.
  const plansOn = (name: string) => {
    if (name === 'native' && (plain || isLong)) return plans;
    if (name === 'webgpu' && !isLong && !firstOfFamily.has(method)) return [];
    return plain || name === 'native' ? plans.filter(({ ratio }) => ratio === 4) : [];
  };

  for (const { name, backend: other, missing } of compared)
    test.skipIf(missing !== undefined).each(plansOn(name))(
      `gives the same vectors and gradients on ${name} ($ratio x)${missing === undefined ? '' : ` (${missing})`}`,
      { timeout },
      async ({ plan }) => {
        const expected = await expectedOfOracle(plan);
        try {
          backend = await openOnce(other);
          const found = await results(plan);
          found.forEach((values, i) => {
            let worst = 0;
            values.forEach(
              (x, k) => (worst = Math.max(worst, Math.abs(x - expected[i][k]) / (1 + Math.abs(x)))),
            );
            expect(worst).toBeLessThan(1e-5);
          });
        } finally {
          backend = await cpu.open({});
        }
      },
    );
});

test('the budget of a ratio is the full size divided by it', () => {
  expect(budgetFor({ fields, dim }, 4)).toBe((1049 * dim * 4) / 4);
});
