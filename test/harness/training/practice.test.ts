import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import * as tf from '../../../tensors/index.ts';
import type { Plan, Weight } from '../../../harness/contract/method.ts';
import { Embedding } from '../../../harness/embedding/embedding.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { optimizers } from '../../../harness/optimizers/index.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import { runStages } from '../../../harness/training/stages/run-stages.ts';
import { Trainer } from '../../../harness/training/trainer.ts';
import { full } from '../../../methods/full.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { pooledData } from '../../pooled-data.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';

const data = smallData();
const fullPlan = () => feasiblePlan(full, layerAt(data.fields, 4, 1));
const trained = async (change: Partial<RunSettings>, plan = fullPlan()) =>
  runStages(data, plan, dlrm, await cpu.open({}), { ...smallRun, ...change });

/** A high rate and many epochs: validation AUC falls soon. */
const overfit = { epochs: 12, learningRate: 0.3 };

describe('patience and plateaus', () => {
  test('end training, keep the best epoch, and tell of all', async () => {
    const whole = await trained(overfit);
    const aucs = whole.results[0].epochs.map(({ validationAuc }) => validationAuc);
    expect(aucs).toHaveLength(12);
    // The first epoch after which two in a row bring nothing better.
    const best = (end: number) => Math.max(...aucs.slice(0, end));
    const end = aucs.findIndex((_, i) => i >= 2 && best(i + 1) === best(i - 1)) + 1;
    expect(end).toBeGreaterThan(0);
    expect(end).toBeLessThan(12);
    const { results, costs } = await trained({ ...overfit, patience: 2 });
    const [result] = results;
    expect(result.epochs.map(({ validationAuc }) => validationAuc)).toEqual(aucs.slice(0, end));
    expect(result.epoch).toBe(aucs.indexOf(best(end)) + 1);
    expect(result.validation!.auc).toBe(best(end));
    expect(result.samples).toBe(end * data.rows.train);
    expect(result.curve.at(-1)!.samples).toBe(result.samples);
    expect(costs[0].steps).toBe(end * 15);
    expect(costs[0].epochs).toEqual(result.epochs);
  });

  test('divide the rate after an epoch without gain', async () => {
    const { results } = await trained({ ...overfit, reduceOnPlateau: 10 });
    const { epochs } = results[0];
    let [rate, best] = [0.3, -1];
    for (const { validationAuc, learningRate } of epochs) {
      expect(learningRate).toBeCloseTo(rate, 12);
      if (validationAuc > best) best = validationAuc;
      else rate = Math.max(rate / 10, 3e-4);
    }
    expect(rate).toBeLessThan(0.3);
  });

  test('leave no tensors behind', async () => {
    const backend = await cpu.open({});
    const settings = { ...smallRun, ...overfit, patience: 1, reduceOnPlateau: 2, dropout: 0.1, l2Rows: 1e-3 };
    await run(data, fullPlan(), dlrm, backend, settings);
    const before = tf.memory().numTensors;
    await run(data, fullPlan(), dlrm, backend, { ...settings, l2Network: 1e-3 });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the schedule of the learning rate', () => {
  const halves = (network: 'kept' | 'fresh'): Plan => {
    const second = { ...fullPlan(), training: { share: 0.5 } };
    return {
      ...fullPlan(),
      training: { share: 0.5 },
      next: () => ({ plan: second, network }),
    };
  };
  const lastRates = async (network: 'kept' | 'fresh', change: Partial<RunSettings>) => {
    const { results } = await trained(change, halves(network));
    return results.map(({ epochs }) => epochs.at(-1)!.learningRate);
  };

  test('goes on where the network does, and starts anew with a fresh one', async () => {
    const change = { epochs: 2, learningRate: 1, decay: 'linear:0' as const };
    const [first, kept] = await lastRates('kept', change);
    expect(first).toBeCloseTo(1 - 14 / 30, 12);
    expect(kept).toBeCloseTo(1 - 29 / 30, 12);
    expect(await lastRates('fresh', change)).toEqual([first, first]);
  });

  test('reaches rows, weights and networks: the first step of a warm-up is that at a share of the rate', async () => {
    const own: Weight = {
      ...{ shape: [4], init: { mean: 1, halfWidth: 0 } },
      optimizer: { rule: 'sgd', learningRate: 1000 },
    };
    const firstStep = async (learningRate: number, rateFactor: number) => {
      const backend = await cpu.open({});
      const whole = fullPlan();
      const plan: Plan = {
        ...whole,
        weights: [own],
        embed: (lookup) => tf.mul(whole.embed(lookup), lookup.weight(own)),
      };
      const network = dlrm.build({ denseFields: 2, fields: 3, dim: 4 }, { bottom: [8], top: [8] }, 1);
      const trainer = new Trainer(new Embedding(plan, backend, 'sgd', 1), network, optimizers.sgd);
      const [batch] = data.batches('train', { batchSize: 70 });
      trainer.step(batch, learningRate, { index: 0, steps: 10, rateFactor }).dispose();
      const rows = await trainer.embedding.rowsOf(plan.tables[0]).read(0, 243);
      const weights = network.variables.flatMap((variable) => [...variable.dataSync()]);
      const moved = trainer.embedding
        .variableOf(own)
        .dataSync()
        .map((x) => (1 - x) / rateFactor);
      trainer.dispose();
      ofOwn.push(...moved);
      return [...rows, ...weights];
    };
    const ofOwn: number[] = [];
    expect(await firstStep(0.5, 0.25)).toEqual(await firstStep(0.125, 1));
    expect(await firstStep(0.5, 0.25)).not.toEqual(await firstStep(0.5, 1));
    // A rate that a method sets for a weight of its own is scheduled, too, from what it sets.
    expect(Math.abs(ofOwn[0])).toBeGreaterThan(0.01);
    ofOwn.forEach((slope, i) => expect(slope).toBeCloseTo(ofOwn[i % 4], 4));
  });
});

describe('L2', () => {
  beforeAll(async () => {
    await cpu.open({});
  });

  /** Rows and variables after a step of SGD at rate 1: they have moved by their gradients. */
  async function moved(settings: { l2Rows?: number; l2Network?: number }, of = data) {
    const backend = await cpu.open({});
    const plan = fullPlan();
    const network = dlrm.build({ denseFields: 2, fields: 3, dim: 4 }, { bottom: [8], top: [8] }, 1);
    const embedding = new Embedding(plan, backend, 'sgd', 1, undefined, undefined, settings);
    const trainer = new Trainer(embedding, network, optimizers.sgd, settings);
    const before = {
      rows: await embedding.rowsOf(plan.tables[0]).read(0, 243),
      variables: network.variables.map((variable) => variable.dataSync().slice()),
    };
    const [batch] = of.batches('train', { batchSize: 70 });
    const loss = trainer.step(batch, 1);
    const [value] = await loss.data();
    loss.dispose();
    const after = {
      rows: await embedding.rowsOf(plan.tables[0]).read(0, 243),
      variables: network.variables.map((variable) => variable.dataSync().slice()),
    };
    const layers = network.layers.length;
    trainer.dispose();
    return { before, after, batch, loss: value, layers };
  }

  test('moves a row by lambda times the share of samples that looked it up, and no other', async () => {
    const [plain, with_] = [await moved({}), await moved({ l2Rows: 0.5 })];
    expect(with_.loss).toBe(plain.loss); // the loss told is that of the clicks
    const { ids, size } = plain.batch;
    const first = [0, 3, 43]; // rows of the three fields, one after the other
    const counts = new Map<number, number>();
    ids.forEach((id, i) => counts.set(first[i % 3] + id, (counts.get(first[i % 3] + id) ?? 0) + 1));
    plain.after.rows.forEach((value, i) => {
      const share = (counts.get(Math.floor(i / 4)) ?? 0) / size;
      expect(with_.after.rows[i]).toBeCloseTo(value - 0.5 * share * plain.before.rows[i], 5);
      if (share === 0) expect(with_.after.rows[i]).toBe(plain.before.rows[i]);
    });
    expect(with_.after.variables).toEqual(plain.after.variables);
  });

  test('counts every value of a pooled field once, and no cell that only fills a row', async () => {
    const pooled = pooledData('mean');
    const [plain, with_] = [await moved({}, pooled), await moved({ l2Rows: 0.5 }, pooled)];
    const { ids, size, further } = plain.batch;
    expect(further!.rows).toBeGreaterThan(20);
    const first = [0, 3, 43];
    const counts = new Uint32Array(243);
    for (let i = 0; i < 3 * size; i++) counts[first[i % 3] + ids[i]]++;
    further!.fields[0].samples.forEach((_, value) => counts[first[1] + ids[3 * (size + value) + 1]]++);
    plain.after.rows.forEach((value, i) => {
      const share = counts[Math.floor(i / 4)] / size;
      expect(with_.after.rows[i]).toBeCloseTo(value - 0.5 * share * plain.before.rows[i], 5);
    });
  });

  test('moves weights of the network by lambda times themselves, and no bias', async () => {
    const [plain, with_] = [await moved({}), await moved({ l2Network: 0.25 })];
    expect(with_.after.rows).toEqual(plain.after.rows);
    with_.after.variables.forEach((values, v) => {
      const isBias = v % 2 === 1;
      values.forEach((value, i) => {
        const moved = plain.after.variables[v][i] - (isBias ? 0 : 0.25 * plain.before.variables[v][i]);
        if (isBias) expect(value).toBe(moved);
        else expect(value).toBeCloseTo(moved, 5);
      });
    });
  });
});

describe('dropout in training', () => {
  test('is off in evaluation: a network that does not learn scores the same', async () => {
    const of = async (change: Partial<RunSettings>) =>
      (await run(data, fullPlan(), dlrm, await cpu.open({}), { ...smallRun, optimizer: 'sgd', ...change }))
        .quality;
    const still = { learningRate: 1e-30 };
    expect((await of({ ...still, dropout: 0.5 })).auc).toBe((await of(still)).auc);
    expect((await of({ dropout: 0.5 })).auc).not.toBe((await of({})).auc);
  });

  test('goes with estimated gradients and packed activations', async () => {
    const { results } = await trained({ dropout: 0.3, gradients: 'sbpca:2', activations: 4 });
    expect(results[0].validation!.auc).toBeGreaterThan(0.5);
  });
});

describe('options of optimizers', () => {
  test('change the run, and only it', async () => {
    const of = async (change: Partial<RunSettings>) =>
      (await run(data, fullPlan(), dlrm, await cpu.open({}), { ...smallRun, ...ftrl, ...change })).quality
        .auc;
    const ftrl = { optimizer: 'ftrl', learningRate: 0.3 } as const;
    const plain = await of({});
    const other = await of({ optimizerOptions: { beta: 0.1, l2: 0 } });
    expect(other).not.toBe(plain);
    expect(await of({})).toBe(plain);
    expect(await of({ optimizerOptions: { beta: 1, l1: 0, l2: 1 } })).toBe(plain);
  });
});
