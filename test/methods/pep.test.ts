import { beforeAll, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { runStages } from '../../harness/training/stages/run-stages.ts';
import { pep } from '../../methods/pep.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

test('what is left is trained anew from the values that it had before the search', async () => {
  const data = smallData();
  const first = feasiblePlan(pep, layerAt(data.fields, 4, 6));
  const settings = {
    dim: 4, modelOptions: { bottom: [8], top: [8] }, optimizer: 'adagrad', learningRate: 0.05,
    batchSize: 60, epochs: 1, order: 'shuffled', seed: 3,
  } as const; // prettier-ignore
  let initial: Float32Array | undefined;
  let ticket: Float32Array | undefined;
  const watched = {
    ...first,
    async next(trained: Parameters<NonNullable<typeof first.next>>[0]) {
      initial = trained.initialRows(first.tables[0]);
      expect(await trained.rows(first.tables[0])).not.toEqual(initial);
      const stage = await first.next!(trained);
      expect(stage.network).toBe('fresh');
      ticket = stage.contents!.get(stage.plan.tables[0]);
      return stage;
    },
  };
  const { trainer, costs } = await runStages(data, watched, dlrm, backend, settings);
  const left = sizeOf(first).parameters;
  expect(ticket!.filter((x) => x !== 0).length).toBe(left);
  ticket!.forEach((x, i) => x === 0 || expect(x).toBe(initial![i]));
  const served = await trainer.embedding.rowsOf(trainer.embedding.plan.tables[0]).read(0, 243);
  served.forEach((x, i) => expect(x === 0).toBe(ticket![i] === 0));
  expect(costs.map(({ name, steps }) => [name, steps])).toEqual([['search', 15], ['retraining', 15]]); // prettier-ignore
  trainer.dispose();
});

test('thresholds and the table whole are trained, but not served', () => {
  const plan = feasiblePlan(pep, layerAt(kaggleFields, 16, 16));
  // 30 bits for the position of each, as with magnitude pruning.
  expect(sizeOf(plan).parameters).toBe(Math.floor(135_050_308 / 7.75));
  expect(sizeOf({ tables: plan.tables }).parameters).toBe(2 * 540_201_232);
  const perField = feasiblePlan(pep, layerAt(kaggleFields, 16, 16), { granularity: 'part' });
  expect(sizeOf({ tables: perField.tables }).parameters).toBe(540_201_232 + 26);
});
