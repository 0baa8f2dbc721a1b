import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { initialFloats } from '../../harness/embedding/initial-rows.ts';
import { deriveSeed } from '../../base/hash.ts';
import { loadServing, saveServing } from '../../harness/serving/served-layer.ts';
import { lowPrecisionTraining as lpt } from '../../methods/low-precision-training.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { endsOf, nearestInteger, usualStep } from '../../methods/shared/precision/integer-grid.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { readTables } from './small-layer.ts';
import { update, vectorsOf } from './train-steps.ts';
import { trainAlone } from './train-alone.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

test.each([
  [4, 8, 540_201_232],
  [5, 6, 405_150_924],
  [8, 4, 270_100_616],
  [16, 2, 135_050_308],
])('at %dx Kaggle has %i bits: %i bytes, none beside them', (ratio, bits, bytes) => {
  const plan = feasiblePlan(lpt, layerAt(kaggleFields, 16, ratio));
  expect(plan.choices).toMatchObject({ bits, step: usualStep(bits) });
  expect(sizeOf(plan)).toEqual({ parameters: 540_201_232, servingBytes: bytes });
});

test('two bits are the least', () => {
  const plan = lpt.plan(layerAt(kaggleFields, 16, 16.1), lpt.options.parse({}));
  expect(isInfeasible(plan) && plan.smallestBytes).toBe(135_050_308);
});

const cardinalities = [3, 40];
const fields = uncountedFields(cardinalities);
const planOf = (options: Record<string, unknown>) => feasiblePlan(lpt, layerAt(fields, 4, 2), options);
const onGrid = (values: Float32Array, plan: Plan) => {
  const { bits, step } = plan.choices as { bits: number; step: number };
  return values.every((x) => x === Math.fround(nearestInteger(x, step, endsOf(bits)) * step));
};

describe.each([8, 3])('%i bits', (bits) => {
  test('are all that lookups of a training see, the first ones too', async () => {
    const plan = planOf({ bits });
    const seen: Float32Array[] = [];
    const watched: Plan = {
      ...plan,
      embed(lookup) {
        const vectors = plan.embed(lookup);
        seen.push(vectors.dataSync<'float32'>());
        return vectors;
      },
    };
    const embedding = await trainAlone(watched, { backend, cardinalities, rule: 'adagrad', rate: 0.05, steps: 20, batch: 5 }); // prettier-ignore
    expect(seen.length).toBe(20);
    for (const vectors of seen) expect(onGrid(vectors, plan)).toBe(true);
    const [rows] = await readTables(embedding, plan.tables);
    expect(onGrid(rows, plan)).toBe(true);
    expect(new Set(rows).size).toBeGreaterThan(bits);
    embedding.dispose();
  });

  test('are served as they were trained', async () => {
    const plan = planOf({ bits });
    const embedding = await trainAlone(plan, { backend, cardinalities, rule: 'adagrad', rate: 0.05, steps: 20, batch: 5 }); // prettier-ignore
    const ids = Uint32Array.from({ length: 80 }, (_, i) => Math.floor(i / 2) % cardinalities[i % 2]);
    const trained = vectorsOf(embedding, ids, 2);
    const served = loadServing(plan, await saveServing(embedding), backend);
    expect(vectorsOf(served, ids, 2)).toEqual(trained);
    embedding.dispose();
    served.dispose();
  });
});

test('rows that nothing was learned of are their first values, rounded to the nearest', async () => {
  const plan = planOf({ bits: 4 });
  const embedding = new Embedding(plan, backend, 'sgd', 1);
  update(embedding, Uint32Array.of(1, 2), 2, { index: 0, slope: () => 1 });
  await embedding.afterStep();
  const [rows] = await readTables(embedding, plan.tables);
  const step = usualStep(4);
  initialFloats(plan.tables[0], deriveSeed(1, 'table', 0)).forEach((x, at) => {
    const row = Math.floor(at / 4);
    if (row === 1 || row === 5) return;
    expect(rows[at]).toBe(Math.fround(nearestInteger(x, step, endsOf(4)) * step));
  });
  embedding.dispose();
});

/** The distance that a float has moved after some steps, each of which moves it by a tenth of what is between its values. */
async function moved(options: Record<string, unknown>, seed: number, steps: number): Promise<number[]> {
  const plan = feasiblePlan(lpt, { ...layerAt(fields, 4, 2), seed }, { bits: 8, ...options });
  const embedding = new Embedding(plan, backend, 'sgd', 1);
  const ids = Uint32Array.of(1, 2);
  update(embedding, ids, 2, { index: 0, slope: () => 0 });
  await embedding.afterStep();
  const [before] = await readTables(embedding, plan.tables);
  for (let index = 1; index <= steps; index++) {
    update(embedding, ids, 2, { index, slope: () => -0.1 * usualStep(8), rate: 1 });
    await embedding.afterStep();
  }
  const [after] = await readTables(embedding, plan.tables);
  embedding.dispose();
  return [4, 5, 6, 7].map((at) => (after[at] - before[at]) / usualStep(8));
}

describe('updates of a tenth of a step', () => {
  test('are made on average where rounding is stochastic', async () => {
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const all = (await Promise.all(seeds.map((seed) => moved({}, seed, 10)))).flat();
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    // Ten steps of a tenth, each with variance .1 * .9: 160 such floats have a mean of deviation .075.
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt((10 * 0.09) / all.length));
    expect(new Set(all.map(Math.round)).size).toBeGreaterThan(2);
  });

  test('are lost, every one, where it is to the nearest', async () => {
    expect(await moved({ rounding: 'nearest' }, 1, 30)).toEqual([0, 0, 0, 0]);
  });
});

test('what the optimizer knows of a row outlives its rounding', async () => {
  const plan = planOf({ bits: 16, step: 1e-4 });
  const embedding = new Embedding(plan, backend, 'adagrad', 1);
  const ids = Uint32Array.of(0, 0);
  const steps: number[] = [];
  let [before] = await readTables(embedding, plan.tables);
  for (let index = 0; index < 4; index++) {
    update(embedding, ids, 2, { index, slope: () => 1, rate: 0.1 });
    await embedding.afterStep();
    const [after] = await readTables(embedding, plan.tables);
    steps.push(before[0] - after[0]);
    before = after;
  }
  // Adagrad's steps under equal gradients: rate / sqrt(1), sqrt(2), ...
  steps.forEach((step, i) => expect(Math.abs(step - 0.1 / Math.sqrt(i + 1))).toBeLessThan(2e-4));
  embedding.dispose();
});
