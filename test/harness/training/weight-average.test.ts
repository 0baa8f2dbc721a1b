import { describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { openWith } from '../../../backends/native/index.ts';
import * as tf from '../../../tensors/index.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { evaluate } from '../../../harness/metrics/evaluate.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import type { RunSettings } from '../../../harness/run.ts';
import { runStages } from '../../../harness/training/stages/run-stages.ts';
import { snapshotSteps } from '../../../harness/training/weight-average.ts';
import { full } from '../../../methods/full.ts';
import { robe } from '../../../methods/robe.ts';
import { addon } from '../../backends/native/addon.ts';
import { describeNative } from '../../backends/native/describe-native.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';

const data = smallData(); // 15 steps an epoch
const fullPlan = () => feasiblePlan(full, layerAt(data.fields, 4, 1));
const robePlan = () => feasiblePlan(robe, layerAt(data.fields, 4, 4)); // rows that overlap

async function trained(backend: OpenBackend, plan: Plan, change: Partial<RunSettings>) {
  const { trainer, results, costs } = await runStages(data, plan, dlrm, backend, { ...smallRun, ...change });
  const weights = await trainer.readWeights();
  const { scores } = await evaluate(trainer, data, 'validation', 60);
  trainer.dispose();
  return { weights, scores, result: results[0], cost: costs[0] };
}

describe('snapshots', () => {
  test.each([
    [0, 100, 10, [100, 99, 98, 97, 95, 94, 93, 92]],
    [0, 100, 100, [100, 88, 75, 63, 50, 38, 25, 13]],
    [0, 100, 3.4, [100, 99, 98]],
    [0, 100, 0.001, [100]],
    [98, 100, 10, [100, 99]],
    [100, 100, 10, []],
  ])('of steps %i to %i over a window of %d are after %j', (from, to, window, steps) => {
    expect([...snapshotSteps(from, to, window)]).toEqual(steps);
  });
});

function averages(open: () => Promise<OpenBackend>): void {
  test.each([
    ['full', fullPlan],
    ['robe', robePlan],
  ])('are means of the weights after each of the last steps: %s', async (_, plan) => {
    const backend = await open();
    const upTo = async (steps: number) =>
      (await trained(backend, { ...plan(), training: { share: steps / 15 } }, {})).weights;
    const three = [await upTo(13), await upTo(14), await upTo(15)];
    const { weights, scores, result, cost } = await trained(backend, plan(), { average: 0.2 });
    expect(cost.snapshots).toBe(3);
    expect(result.validation).toEqual(scores); // of the mean, not of the last weights
    let apart = 0;
    weights.forEach((values, v) => {
      const mean = three[0][v].map((x, i) => (x + three[1][v][i] + three[2][v][i]) / 3);
      expect(Math.max(...values.map((x, i) => Math.abs(x - mean[i])))).toBeLessThan(1e-6);
      apart += values.filter((x, i) => Math.abs(x - three[2][v][i]) > 1e-5).length;
    });
    expect(apart).toBeGreaterThan(100);
  });

  test.each([
    ['full', fullPlan],
    ['robe', robePlan],
  ])('of one snapshot are the last weights bit by bit, epoch after epoch: %s', async (_, plan) => {
    const backend = await open();
    const settings = { epochs: 3, optimizer: 'adam' as const, learningRate: 0.01 };
    const [none, one] = [
      await trained(backend, plan(), settings),
      await trained(backend, plan(), { ...settings, average: 1e-6 }),
    ];
    expect(one.cost.snapshots).toBe(1);
    expect(one.weights).toEqual(none.weights);
    expect(one.result.epochs).toEqual(none.result.epochs);
  });

  test('leave training as it is, and the best epoch is that of the best mean', async () => {
    const backend = await open();
    const settings = { epochs: 6, learningRate: 0.3 };
    const [none, mean] = [
      await trained(backend, fullPlan(), settings),
      await trained(backend, fullPlan(), { ...settings, average: 0.5 }),
    ];
    expect(mean.result.curve).toEqual(none.result.curve);
    const aucs = mean.result.epochs.map(({ validationAuc }) => validationAuc);
    expect(aucs).not.toEqual(none.result.epochs.map(({ validationAuc }) => validationAuc));
    expect(mean.result.epoch).toBe(aucs.indexOf(Math.max(...aucs)) + 1);
    expect(mean.result.epoch).toBeLessThan(6);
    expect(mean.scores.auc).toBe(Math.max(...aucs));
  });

  test('are left out where steps change rows by more than their gradients, and the stage says so', async () => {
    const backend = await open();
    const rounding = () => ({ ...fullPlan(), afterStep: () => {} });
    const [none, asked] = [
      await trained(backend, rounding(), {}),
      await trained(backend, rounding(), { average: 0.2 }),
    ];
    expect(asked.weights).toEqual(none.weights);
    expect([none.cost.snapshots, asked.cost.snapshots]).toEqual([undefined, 0]);
  });

  test('leave no tensors behind', async () => {
    const backend = await open();
    await trained(backend, fullPlan(), { average: 0.2 });
    const before = tf.memory().numTensors;
    await trained(backend, fullPlan(), { epochs: 2, average: 0.5 });
    expect(tf.memory().numTensors).toBe(before);
  });
}

describe('averages on cpu', () => averages(() => cpu.open({})));
describeNative('averages on native', () => averages(() => openWith(addon, 1)));
