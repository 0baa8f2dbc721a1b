import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Plan } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { loadServing, saveServing } from '../../harness/serving/served-layer.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { adaptiveLowPrecisionTraining as alpt } from '../../methods/adaptive-low-precision-training/index.ts';
import { endsOf, nearestInteger } from '../../methods/shared/precision/integer-grid.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { readTables } from './small-layer.ts';
import { nextStage, update, vectorsOf } from './train-steps.ts';
import { trainAlone } from './train-alone.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const ids = 33_762_577;

test.each([
  [3.2, { stored: 'fp32' }, 8, 16 + 4],
  [3.5, {}, 8, 16 + 2],
  [4, {}, 7, 14 + 2],
  [8, {}, 3, 6 + 2],
  [8, { stored: 'fp32' }, 2, 4 + 4],
])('at %dx with %o Kaggle has %i bits: %i bytes an id', (ratio, options, bits, bytes) => {
  const plan = feasiblePlan(alpt, layerAt(kaggleFields, 16, ratio), options);
  expect(plan.choices).toMatchObject({ bits });
  expect(sizeOf(plan)).toEqual({ parameters: 17 * ids, servingBytes: bytes * ids });
});

test('two bits and a step per row are the least', () => {
  const plan = alpt.plan(layerAt(kaggleFields, 16, 11), alpt.options.parse({}));
  expect(isInfeasible(plan) && plan.smallestBytes).toBe(6 * ids);
});

const cardinalities = [3, 40];
const fields = uncountedFields(cardinalities);
const planOf = (options: Record<string, unknown>) => feasiblePlan(alpt, layerAt(fields, 4, 1.2), options);

describe.each([
  { bits: 8, stepRate: 0.05 },
  { bits: 3, stepRate: 0.05 },
  { bits: 8, stepRate: 0.05, stored: 'fp32' },
])('%o', (options) => {
  const plan = planOf(options);
  const everyId = Uint32Array.from({ length: 80 }, (_, i) => Math.floor(i / 2) % cardinalities[i % 2]);
  const train = (watched: Plan = plan) =>
    trainAlone(watched, { backend, cardinalities, rule: 'adagrad', rate: 0.05, steps: 20, batch: 5 });

  test('is served as it was trained: integers, and a step per row', async () => {
    const embedding = await train();
    const trained = vectorsOf(embedding, everyId, 2);
    const { plan: last, contents } = await nextStage(embedding);
    expect(sizeOf(last)).toEqual(sizeOf(plan));
    const [integers, steps] = last.tables.map((table) => contents!.get(table)!);
    const { lowest, highest } = endsOf(options.bits);
    expect(integers.every((x) => Number.isInteger(x) && x >= lowest && x <= highest)).toBe(true);
    expect(new Set(steps).size).toBeGreaterThan(20); // learned, each its own
    const holding = new Embedding(last, backend, 'sgd', 1, contents);
    const served = loadServing(last, await saveServing(holding), backend);
    expect(vectorsOf(served, everyId, 2)).toEqual(trained);
    for (const one of [embedding, holding, served]) one.dispose();
  });

  test('sees multiples of the steps alone, from the first lookup on', async () => {
    const { step: first } = plan.choices as { step: number };
    let vectors = new Float32Array();
    const watched: Plan = {
      ...plan,
      embed(lookup) {
        const looked = plan.embed(lookup);
        if (lookup.training?.index === 0) vectors = looked.dataSync<'float32'>().slice();
        return looked;
      },
    };
    (await train(watched)).dispose();
    expect(vectors.length).toBe(40);
    for (const x of vectors)
      expect(x + 0).toBe(Math.fround(nearestInteger(x, first, endsOf(options.bits)) * first));
  });
});

test('rows that the first step has changed are multiples of their new steps, not of the first', async () => {
  const embedding = new Embedding(planOf({ bits: 8, stepRate: 0.3 }), backend, 'sgd', 1);
  update(embedding, Uint32Array.of(1, 2), 2, { index: 0, slope: () => 0.3 });
  await embedding.afterStep();
  const [values] = await readTables(embedding, embedding.plan.tables);
  const { plan, contents } = await nextStage(embedding);
  const [integers, steps] = plan.tables.map((table) => contents!.get(table)!);
  const { step: first } = embedding.plan.choices as { step: number };
  for (const row of [1, 5]) expect(Math.abs(steps[row] / first - 1)).toBeCloseTo(0.3, 2);
  values.forEach((x, at) => expect(x).toBe(Math.fround(integers[at] * steps[Math.floor(at / 4)])));
  embedding.dispose();
});

test('the steps of rows that are not looked up stay, and so do their integers', async () => {
  const plan = planOf({ bits: 8, stepRate: 0.1 });
  const embedding = new Embedding(plan, backend, 'sgd', 1);
  const batch = Uint32Array.of(1, 2);
  update(embedding, batch, 2, { index: 0, slope: () => 0.3 });
  await embedding.afterStep();
  const before = await readTables(embedding, plan.tables);
  update(embedding, batch, 2, { index: 1, slope: () => -0.3 });
  await embedding.afterStep();
  const after = await readTables(embedding, plan.tables);
  before.forEach((rows, t) => {
    const { width } = plan.tables[t];
    const changed = new Set(
      [...rows.keys()].filter((i) => rows[i] !== after[t][i]).map((i) => Math.floor(i / width)),
    );
    expect([...changed].sort()).toEqual([1, 5]);
  });
  embedding.dispose();
});

test('a row whose floats are clipped, and want to be larger, gets a larger step', async () => {
  const plan = planOf({ bits: 3, stepRate: 0.05 });
  const embedding = new Embedding(plan, backend, 'sgd', 1);
  for (let index = 0; index < 30; index++) {
    update(embedding, Uint32Array.of(0, 0), 2, { index, slope: () => -1, rate: 0.5 });
    await embedding.afterStep();
  }
  const stage = await nextStage(embedding);
  const steps = stage.contents!.get(stage.plan.tables[1])!;
  const { step: first } = plan.choices as { step: number };
  expect(steps[0]).toBeGreaterThan(2 * first);
  expect(steps[1]).toBe(first);
  embedding.dispose();
});
