import * as tf from '../../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { Plan, Step } from '../../../harness/contract/method.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import type { CurvePoint, Progress } from '../../../harness/training/train.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { full } from '../../../methods/full.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { type Log, stagedMethod } from '../../methods/staged-method.ts';
import { smallData } from '../../small-data.ts';

const data = smallData();
const settings: RunSettings = {
  dim: 4,
  modelOptions: { bottom: [8], top: [8] },
  optimizer: 'adagrad',
  learningRate: 0.05,
  batchSize: 70, // the last batch of the log is smaller
  epochs: 1,
  order: 'log',
  seed: 3,
};

/** A full table trained in two halves, and the ids that begin each batch. */
function halves(training: Plan['training']) {
  const seen: [string[], string[]] = [[], []];
  const stage = (half: 0 | 1): Plan => ({
    ...feasiblePlan(full, layerAt(data.fields, 4, 1)),
    training: { share: 0.5, ...training },
    afterStep: ({ ids }: Step) => void seen[half].push(ids.subarray(0, 9).join()),
    ...(half === 0 && { next: () => ({ plan: stage(1), network: 'kept' as const }) }),
  });
  return { plan: stage(0), seen };
}

describe('stages', () => {
  test.each(['log', 'shuffled'] as const)('go on where the one before ended, asked to: %s', async (order) => {
    const { plan, seen } = halves({ continues: true });
    const backend = await cpu.open({});
    const told: CurvePoint[] = [];
    const progress = ({ points = [] }: Progress) => void told.push(...points);
    const { stages, curve } = await run(data, plan, dlrm, backend, { ...settings, order }, { progress });
    expect(told).toEqual(curve); // as it comes, whoever watches knows the same
    const whole: string[] = [];
    const once: Plan = {
      ...feasiblePlan(full, layerAt(data.fields, 4, 1)),
      afterStep: ({ ids }) => void whole.push(ids.subarray(0, 9).join()),
    };
    await run(data, once, dlrm, backend, { ...settings, order });
    expect([...seen[0], ...seen[1]]).toEqual(whole);
    expect(stages.map(({ steps }) => steps)).toEqual([7, 6]);
    expect(stages[0].samples + stages[1].samples).toBe(data.rows.train);
    expect(curve.at(-1)!.samples).toBe(data.rows.train);
  });

  test('go on where one ended that patience has ended early', async () => {
    const long: RunSettings = { ...settings, epochs: 24, learningRate: 0.3, order: 'shuffled' };
    const { plan, seen } = halves({ continues: true });
    const backend = await cpu.open({});
    const { stages } = await run(data, plan, dlrm, backend, { ...long, patience: 1 });
    expect(stages[0].steps).toBeLessThan(12 * 13);
    const whole: string[] = [];
    const once: Plan = {
      ...feasiblePlan(full, layerAt(data.fields, 4, 1)),
      afterStep: ({ ids }) => void whole.push(ids.subarray(0, 9).join()),
    };
    await run(data, once, dlrm, backend, long);
    const [first, second] = [seen[0].length, seen[1].length];
    expect(first).toBe(stages[0].steps);
    expect(seen[0]).toEqual(whole.slice(0, first));
    expect(seen[1]).toEqual(whole.slice(first, first + second));
  });

  test('begin at the beginning otherwise', async () => {
    const { plan, seen } = halves({});
    await run(data, plan, dlrm, await cpu.open({}), settings);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('that train nothing have no steps, and what was trained is scored', async () => {
    const first = feasiblePlan(full, layerAt(data.fields, 4, 1));
    const plan: Plan = {
      ...first,
      next: async (trained) => {
        const second = { ...feasiblePlan(full, layerAt(data.fields, 4, 1)), training: { share: 0 } };
        const contents = new Map([[second.tables[0], await trained.rows(first.tables[0])]]);
        return { plan: second, contents, network: 'kept' };
      },
    };
    const backend = await cpu.open({});
    const [once, twice] = [first, plan].map((asked) => run(data, asked, dlrm, backend, settings));
    expect((await twice).quality).toEqual((await once).quality);
    expect((await twice).stages.map(({ name, steps }) => [name, steps])).toEqual([
      ['training', 13],
      ['conversion', 0],
    ]);
  });
});

describe('a plan of all kinds of stages', () => {
  const layer = layerAt(data.fields, 4, 0.8);
  const runStaged = async (log: Log, change: Partial<RunSettings> = {}) =>
    run(data, feasiblePlan(stagedMethod(log), layer), dlrm, await cpu.open({}), { ...settings, ...change });

  test('is counted by the stage that holds most', async () => {
    const { stages, size } = await runStaged({ steps: [], aucs: [] });
    const floats = 4 * (3 + 40 + 200);
    // Adagrad has a number of state for each float, Adam two.
    const search = 2 * floats + 2 * 1 + 3 * 4;
    const retraining = 3 * floats; // the frozen rows have no state
    const map = 2 * (3 + 40 + 200);
    expect(stages.map(({ name, steps, samples, trainingBytes }) => [name, steps, samples, trainingBytes]))
      .toEqual([
        ['search', 13, 900, 4 * search],
        ['retraining', 7, 7 * 70, 4 * retraining],
        ['conversion', 0, 0, 4 * 2 * floats + map],
      ]); // prettier-ignore
    expect(size).toMatchObject({
      trainingBytes: 4 * retraining,
      parameters: floats,
      servingBytes: 4 * floats + map,
    });
    for (const { seconds } of stages) expect(seconds).toBeGreaterThan(0);
  });

  test('asks for its rows after each step; where a batch was held out there are no gradients', async () => {
    const log: Log = { steps: [], aucs: [] };
    await runStaged(log, { epochs: 2 });
    expect(log.steps.map(({ index }) => index)).toEqual(Array.from({ length: 26 }, (_, i) => i));
    const withGradients = log.steps.filter(({ gradients }) => gradients.length > 0);
    // The 5th and the 10th of the 13 batches of each epoch are held out.
    expect(withGradients.map(({ index }) => index)).not.toContain(4);
    expect(withGradients.length).toBe(22);
    expect(log.aucs[0]).toBeGreaterThan(0.5);
  });

  test('leaves no tensors behind', async () => {
    await runStaged({ steps: [], aucs: [] });
    const before = tf.memory().numTensors;
    await runStaged({ steps: [], aucs: [] }, { epochs: 3 });
    expect(tf.memory().numTensors).toBe(before);
  });

  test('takes no more tensors after 100 steps than after ten', async () => {
    const backend = await cpu.open({});
    const plan = feasiblePlan(stagedMethod(), layer);
    const network = dlrm.build({ denseFields: 2, fields: 3, dim: 4 }, { bottom: [8], top: [8] }, 1);
    const trainer = new Trainer(new Embedding(plan, backend, 'adam', 1), network, optimizers.adam);
    const [batch] = data.batches('train', { batchSize: 70 });
    const counts: number[] = [];
    for (let step = 1; step <= 110; step++) {
      trainer.step(batch, 0.01).dispose();
      await trainer.afterStep();
      if (step >= 10) counts.push(tf.memory().numTensors);
    }
    expect(new Set(counts).size).toBe(1);
    trainer.dispose();
  });
});

test('batches may be held out for what comes after training alone', async () => {
  const first = feasiblePlan(full, layerAt(data.fields, 4, 1));
  const [table] = first.tables;
  const aucs: number[] = [];
  const plan: Plan = {
    ...first,
    training: { holdOutEvery: 4 },
    async next(trained) {
      const auc = () => trained.auc((lookup) => first.embed(lookup), 100);
      aucs.push(await auc(), await auc());
      const contents = new Map([[table, await trained.rows(table)]]);
      return { plan: { ...first, training: { share: 0 } }, contents, network: 'kept' };
    },
  };
  await run(data, plan, dlrm, await cpu.open({}), settings);
  expect(aucs[0]).toBeGreaterThan(0.4);
  expect(aucs[1]).toBe(aucs[0]);
});
