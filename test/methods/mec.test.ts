import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run } from '../../harness/run.ts';
import { mec } from '../../methods/mec.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

test('on Kaggle: two bytes per id, codebooks, rows of small fields, and the adapter', () => {
  const small = kaggleCardinalities.filter((n) => n <= 200).reduce((sum, n) => sum + n, 0);
  const coded = kaggleCardinalities.filter((n) => n > 200).reduce((sum, n) => sum + n, 0);
  const plan = feasiblePlan(mec, layerAt(kaggleFields, 16, 31), { parts: 2, codewords: 256 });
  expect(sizeOf(plan).servingBytes).toBe(2 * coded + 4 * 16 * (18 * 256 + small) + 4 * 16 * 16);
});

test('the smallest has a codeword per field, and an adapter', () => {
  const smallest = mec.plan({ ...layerAt(fields, dim, 1), budget: 100 }, mec.options.parse({}));
  expect(isInfeasible(smallest) && smallest.smallestBytes).toBe(4 * dim * fields.length + 4 * dim ** 2);
});

test('the second stage starts where the first ended: codewords next to the vectors, an adapter that changes nothing', async () => {
  const plan = feasiblePlan(mec, layerAt(fields, dim, 4), { keep: 0 });
  const stage = await nextStage(plan, backend);
  expect(stage.network).toBe('kept');
  const [trained, coded] = [vectorsOf({ plan }, backend, allIds), vectorsOf(stage, backend, allIds)];
  let [square, whole] = [0, 0];
  trained.forEach((x, at) => {
    square += (x - coded[at]) ** 2;
    whole += x ** 2;
  });
  expect(square / whole).toBeLessThan(0.4);
});

describe('what is added to the loss of pretraining', () => {
  const penalties = (options: Record<string, number>, alike = false) => {
    const plan = feasiblePlan(mec, layerAt(fields, dim, 4), options);
    const floats = fields.reduce((sum, { cardinality }) => sum + cardinality, 0) * dim;
    const values = Float32Array.from({ length: floats }, (_, at) => (alike || at % dim === 0 ? 1 : 0.1));
    const embedding = new Embedding(plan, backend, 'sgd', 1, new Map([[plan.tables[0], values]]));
    const found = tf.tidy(() => {
      embedding.embed(allIds.ids, allIds.batch, fields.length, { index: 0, steps: 1 });
      return embedding.takePenalties().map((penalty) => penalty.dataSync<'float32'>()[0]);
    });
    embedding.dispose();
    return found;
  };

  test('lengths count for less the more often an id is seen', () => {
    const [once] = penalties({ popularity: 1, shrink: 1, contrast: 0 });
    const [less] = penalties({ popularity: 0.5, shrink: 1, contrast: 0 });
    expect(once).toBeCloseTo(fields.length * (1 + 7 * 0.01), 4);
    expect(less).toBeLessThan(once / 2);
  });

  test('directions that are all alike cost most; nothing costs nothing', () => {
    expect(penalties({ shrink: 0, contrast: 1 }, true)[0]).toBeCloseTo(1, 5);
    expect(penalties({ shrink: 0, contrast: 0 })).toEqual([]);
  });
});

test('trains once over the log in all, codes and adapter in the second part of it', async () => {
  const data = smallData();
  const { stages, size } = await run(
    data,
    feasiblePlan(mec, layerAt(data.fields, 4, 4), { keep: 10 }),
    dlrm,
    backend,
    {
      dim: 4,
      modelOptions: { bottom: [8], top: [8] },
      optimizer: 'adagrad',
      learningRate: 0.05,
      batchSize: 90,
      epochs: 2,
      order: 'shuffled',
      seed: 3,
    },
  );
  expect(stages.map(({ name, steps }) => [name, steps])).toEqual([
    ['pretraining', 10],
    ['retraining', 10],
  ]);
  expect(size.servingBytes).toBeLessThanOrEqual((4 * 4 * 243) / 4);
});
