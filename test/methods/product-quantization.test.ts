import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { productQuantization } from '../../methods/product-quantization/index.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

describe('on Kaggle', () => {
  const small = kaggleCardinalities.filter((n) => n <= 200).reduce((sum, n) => sum + n, 0);
  const coded = kaggleCardinalities.filter((n) => n > 200).reduce((sum, n) => sum + n, 0);

  test.each([
    [4, 256, 15.8, 4],
    [2, 256, 31, 2],
    [4, 16, 31, 2],
  ])('%i parts of %i codewords: %f x, %i bytes per id', (parts, codewords, ratio, perId) => {
    const plan = feasiblePlan(productQuantization, layerAt(kaggleFields, 16, ratio), { parts, codewords });
    expect(sizeOf(plan).servingBytes).toBe(perId * coded + 4 * 16 * (18 * codewords + small));
  });

  test('goes on to any ratio that leaves each field a vector', () => {
    const bytes = 4 * 16 * 26;
    const plan = (budget: number) => productQuantization.plan({ ...layerAt(kaggleFields, 16, 1), budget }, productQuantization.options.parse({})); // prettier-ignore
    expect(isInfeasible(plan(bytes))).toBe(false);
    const less = plan(bytes - 1);
    expect(isInfeasible(less) && less.smallestBytes).toBe(bytes);
  });
});

test('serves vectors near to those that were trained, the nearer the more bytes it has', async () => {
  const errors: number[] = [];
  for (const ratio of [4, 8, 16]) {
    const plan = feasiblePlan(productQuantization, layerAt(fields, dim, ratio), { keep: 0 });
    const stage = await nextStage(plan, backend);
    expect(stage.network).toBe('kept');
    expect(stage.plan.training).toEqual({ share: 0 });
    expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
    const [trained, served] = [vectorsOf({ plan }, backend, allIds), vectorsOf(stage, backend, allIds)];
    let [square, whole] = [0, 0];
    trained.forEach((x, at) => {
      square += (x - served[at]) ** 2;
      whole += x ** 2;
    });
    errors.push(square / whole);
  }
  expect(errors[0]).toBeLessThan(0.2);
  expect(errors).toEqual([...errors].sort((a, b) => a - b));
});

test('fields that are whole are served as they were trained', async () => {
  const plan = feasiblePlan(productQuantization, layerAt(fields, dim, 4));
  const [trained, served] = [
    vectorsOf({ plan }, backend, allIds),
    vectorsOf(await nextStage(plan, backend), backend, allIds),
  ];
  for (const f of [0, 1, 4])
    for (let row = 0; row < allIds.batch; row++) {
      const at = (row * fields.length + f) * dim;
      expect(served.subarray(at, at + dim)).toEqual(trained.subarray(at, at + dim));
    }
});

describe('a whole run', () => {
  const data = smallData();
  const outcome = (options: Record<string, unknown>) =>
    run(
      data,
      feasiblePlan(productQuantization, layerAt(data.fields, 4, 6), { keep: 10, ...options }),
      dlrm,
      backend,
      smallRun,
    );

  test('trains once, and converts', async () => {
    const { stages, size } = await outcome({});
    expect(stages.map(({ name, samples }) => [name, samples])).toEqual([
      ['training', 900],
      ['conversion', 0],
    ]);
    expect(size.servingBytes).toBeLessThanOrEqual((4 * 4 * 243) / 6);
  });

  test('trains codebooks on, with the codes as they are, where asked to', async () => {
    const plain = await outcome({});
    const tuned = await outcome({ fineTune: 1 });
    expect(tuned.stages.map(({ name, samples }) => [name, samples])).toEqual([
      ['training', 900],
      ['fine-tuning', 900],
    ]);
    expect(tuned.size.servingBytes).toBe(plain.size.servingBytes);
    expect(tuned.quality.validation.logloss).toBeLessThan(plain.quality.validation.logloss);
  });
});
