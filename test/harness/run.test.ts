import * as tf from '../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { wasm } from '../../backends/wasm/index.ts';
import type { Backend } from '../../harness/contract/backend.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../harness/run.ts';
import { full } from '../../methods/full.ts';
import { mixedDimension } from '../../methods/mixed-dimension/index.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';

const data = smallData();
const settings: RunSettings = { ...smallRun, epochs: 2 };

async function runOn(backend: Backend, change: Partial<RunSettings> = {}, method = full, ratio = 1) {
  const plan = feasiblePlan(method, layerAt(data.fields, 4, ratio));
  return run(data, plan, dlrm, await backend.open({}), { ...settings, ...change });
}

describe('a run', () => {
  test('learns: better than chance, worse than the truth', async () => {
    const { quality } = await runOn(wasm, { epochs: 8 });
    expect(quality.auc).toBeGreaterThan(0.7);
    expect(quality.auc).toBeLessThan(quality.bestPossible!.auc);
    expect(quality.logloss).toBeGreaterThan(quality.bestPossible!.logloss);
    expect(quality.normalizedEntropy).toBeLessThan(1);
  });

  test('gives the same bits again, and others for another seed or order', async () => {
    const [first, again] = [await runOn(wasm), await runOn(wasm)];
    expect(again.quality).toEqual(first.quality);
    expect(again.curve).toEqual(first.curve);
    expect((await runOn(wasm, { seed: 4 })).quality).not.toEqual(first.quality);
    expect((await runOn(wasm, { order: 'log' })).quality).not.toEqual(first.quality);
  });

  test.each([
    ['full', full, 1],
    ['mixed-dimension', mixedDimension, 3],
  ] as const)(
    'takes the same course on wasm as on the cpu oracle: %s, 50 steps',
    async (_name, method, ratio) => {
      const change = { epochs: 3, batchSize: 50, optimizer: 'adam', learningRate: 0.01 } as const;
      const [expected, found] = [
        await runOn(cpu, change, method, ratio),
        await runOn(wasm, change, method, ratio),
      ];
      expect(found.curve.length).toBeGreaterThan(25); // a point per two steps
      found.curve.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected.curve[i].loss, 3));
      expect(found.quality.auc).toBeCloseTo(expected.quality.auc, 3);
    },
  );

  test('keeps the epoch that validation liked best', async () => {
    // A rate this high overfits at once, so later epochs are worse.
    const many = await runOn(wasm, { epochs: 6, optimizer: 'adam', learningRate: 0.1 });
    expect(many.quality.epoch).toBeLessThan(6);
    const few = await runOn(wasm, { epochs: many.quality.epoch, optimizer: 'adam', learningRate: 0.1 });
    expect(few.quality).toEqual(many.quality);
  });

  test('counts sizes, state and speed', async () => {
    const { size, speed, memory } = await runOn(wasm);
    const parameters = 4 * (3 + 40 + 200);
    expect(size).toEqual({
      parameters,
      servingBytes: 4 * parameters,
      bytes: { tables: 4 * parameters, scales: 0, positions: 0, weights: 0, maps: 0, codes: 0 },
      keys: 3 + 40 + 200,
      keyBytes: 4 * (3 + 40 + 200),
      fullKeyBytes: 4 * (3 + 40 + 200),
      trainingBytes: 8 * parameters, // Adagrad: one number of state per parameter
      fullParameters: parameters,
      fullBytes: 4 * parameters,
    });
    for (const spread of Object.values(speed)) expect(spread.median).toBeGreaterThan(0);
    expect(memory.peakRssBytes).toBeGreaterThan(1e7);
  });

  test('counts the state of projections too', async () => {
    const { size } = await runOn(wasm, { optimizer: 'adam' }, mixedDimension, 3);
    expect(size.trainingBytes).toBe(3 * size.servingBytes);
  });

  test('that diverges says so and what to do', async () => {
    await expect(runOn(wasm, { optimizer: 'sgd', learningRate: 1e6 })).rejects.toThrow(
      /diverged after \d+ samples: try a --learning-rate below 1000000/,
    );
  });

  test('leaves no tensors behind', async () => {
    await runOn(wasm);
    const before = tf.memory().numTensors;
    await runOn(wasm, { epochs: 3 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
