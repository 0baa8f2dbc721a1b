import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { loadServing, saveServing } from '../../harness/serving/served-layer.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { learnedStepQuantization as lsq } from '../../methods/learned-step-quantization/index.ts';
import { stepOfLargest, straightThrough } from '../../methods/learned-step-quantization/largest-scale.ts';
import { endsOf, nearestInteger } from '../../methods/shared/precision/integer-grid.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { readTables } from './small-layer.ts';
import { nextStage, vectorsOf } from './train-steps.ts';
import { trainAlone } from './train-alone.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const weights = Float32Array.of(0.36, -0.7, 0.11, 0.04, -0.02, 0.22);
const largest = Math.fround(0.7);

describe('the largest magnitude as the highest integer', () => {
  test.each([
    [4, 0.1, [4, -7, 1, 0, 0, 2]],
    [2, 0.7, [1, -1, 0, 0, 0, 0]],
    [8, 0.00551181, [65, -127, 20, 7, -4, 40]],
  ])('%i bits: steps of %d', (bits, step, codes) => {
    const ends = endsOf(bits);
    const found = stepOfLargest(largest, ends);
    expect(found).toBeCloseTo(step, 7);
    expect([...weights].map((x) => nearestInteger(x, found, ends))).toEqual(codes);
  });

  test('with a step that is too small two of them are cut', () => {
    const codes = [...weights].map((x) => nearestInteger(x, Math.fround(0.05), endsOf(4)));
    expect(codes).toEqual([7, -8, 2, 1, 0, 4]);
  });

  test('zeros have a step, too, and the first step of the largest field is that of its bound', () => {
    expect(stepOfLargest(0, endsOf(4))).toBe(Math.fround(1e-8 / 7));
    expect(stepOfLargest(0, endsOf(4))).toBeCloseTo(1.4285714e-9, 15);
    expect(stepOfLargest(1 / Math.sqrt(10_131_227), endsOf(4))).toBeCloseTo(4.4881869e-5, 11);
  });
});

describe('straight through', () => {
  const ends = [endsOf(4), endsOf(2)];
  const x = () => tf.tensor3d([0.36, -0.7, 0.11, 0.04, 5, -3, 0.4, 0.22], [2, 2, 2]);
  const steps = () => tf.tensor3d([0.05, 0.7, 0.1, 0.3], [2, 2, 1]);

  test('multiples of the step of each sample and field', () => {
    const values = straightThrough(x(), steps(), ends).dataSync<'float32'>();
    const codes = [7, -8, 0, 0, 7, -8, 1, 1];
    const stepOf = [0.05, 0.05, 0.7, 0.7, 0.1, 0.1, 0.3, 0.3];
    values.forEach((value, i) => expect(value + 0).toBeCloseTo(codes[i] * stepOf[i], 6));
  });

  test('the gradient is what comes, also where it is clipped', () => {
    const slopes = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const loss = (x: tf.Tensor) => tf.sum<tf.Scalar>(tf.mul(straightThrough(x as tf.Tensor3D, steps(), ends), slopes)); // prettier-ignore
    expect([...tf.grad(loss)(x()).dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

const cardinalities = [3, 40];
const fields = uncountedFields(cardinalities);
const layer = { fields, dim: 4, budget: 120, seed: 1 };
const everyId = Uint32Array.from({ length: 80 }, (_, i) => Math.floor(i / 2) % cardinalities[i % 2]);

/** Trained so that floats of looked-up rows rise from step to step. */
const trained = async (options: object, steps: number) => {
  const plan = feasiblePlan(lsq, layer, { scale: 'largest', bits: 4, ...options });
  const course = {
    backend,
    cardinalities,
    rule: 'sgd',
    rate: 0.5,
    steps,
    batch: 5,
    slope: () => -0.05,
  } as const;
  const embedding = await trainAlone(plan, course);
  const [rows, [...stepsNow]] = await readTables(embedding, plan.tables);
  const own = [rows.subarray(0, 12), rows.subarray(12)];
  return { embedding, stepsNow, largest: own.map((part) => Math.max(...part.map(Math.abs))) };
};
const first = cardinalities.map((n) => Math.fround(Math.fround(1 / Math.sqrt(n)) / 7));

describe('steps', () => {
  test('stay within a period, and are made anew at its end', async () => {
    expect((await trained({ period: 5 }, 4)).stepsNow).toEqual(first);
    expect((await trained({}, 40)).stepsNow).toEqual(first); // 200 steps
    for (const exact of [false, true]) {
      const { stepsNow, largest } = await trained({ period: 5, exact }, 5);
      const expected = largest.map(
        (most, f) => (exact ? most : Math.max(most, 1 / Math.sqrt(cardinalities[f]))) / 7,
      );
      stepsNow.forEach((step, f) => expect(step).toBeCloseTo(expected[f], 6));
      expect(stepsNow[0]).toBeGreaterThan(first[0]);
    }
  });

  test('a stale step cuts what has grown beyond it', async () => {
    const { embedding, stepsNow, largest } = await trained({ period: 30 }, 29);
    expect(largest[0]).toBeGreaterThan(7.5 * stepsNow[0]);
    const vectors = vectorsOf(embedding, everyId, 2).filter((_, at) => at % 8 < 4);
    expect(Math.max(...vectors)).toBeCloseTo(7 * stepsNow[0], 6);
  });

  test.each([false, true])(
    'shrink with the rows where all floats are asked, and else never: %s',
    async (exact) => {
      const plan = feasiblePlan(lsq, layer, { scale: 'largest', bits: 4, period: 1, exact });
      // Rows rise, then they fall.
      const slope = (_: number, step: number) => (step < 20 ? -0.05 : 0.05);
      const embedding = await trainAlone(plan, { backend, cardinalities, rule: 'sgd', rate: 0.5, steps: 40, batch: 5, slope }); // prettier-ignore
      const [rows, steps] = await readTables(embedding, plan.tables);
      const most = Math.max(...rows.subarray(0, 12).map(Math.abs));
      if (exact) expect(steps[0]).toBeCloseTo(most / 7, 6);
      else expect(steps[0]).toBeGreaterThan((1.3 * most) / 7);
    },
  );
});

test('what is served are the vectors of training, and the bytes of learned steps', async () => {
  const { embedding } = await trained({ period: 7 }, 20);
  const before = vectorsOf(embedding, everyId, 2);
  const { plan, contents } = await nextStage(embedding);
  const holding = new Embedding(plan, backend, 'sgd', 1, contents);
  const served = loadServing(plan, await saveServing(holding), backend);
  expect(vectorsOf(served, everyId, 2).map((x) => x + 0)).toEqual(before.map((x) => x + 0));
  const kaggle = feasiblePlan(lsq, layerAt(kaggleFields, 16, 1), { bits: 4, scale: 'largest' });
  expect(sizeOf(kaggle).servingBytes).toBe(270_100_720);
});
