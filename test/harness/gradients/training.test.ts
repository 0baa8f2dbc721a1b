import { describe, expect, test } from 'vitest';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import { full } from '../../../methods/full.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { quotientRemainder } from '../../../methods/quotient-remainder/index.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { sized } from '../../long.ts';
import { smallRun } from '../../small-run.ts';

const data = smallData();
const settings: RunSettings = {
  ...smallRun,
  epochs: sized(1, 2),
  modelOptions: { bottom: [32], top: [64, 32] },
};
/** [in, out] of the layers: 2 dense features; 4 and the 6 products of pairs of 4 vectors. */
const shapes = [[2, 32], [32, 4], [10, 64], [64, 32], [32, 1]]; // prettier-ignore

describe.each([wasm, native])('training by estimates of gradients on $name', (backend) => {
  const runWith = async (method: Parameters<typeof feasiblePlan>[0], change: Partial<RunSettings>) => {
    const plan = feasiblePlan(method, layerAt(data.fields, settings.dim, method === mixedDimension ? 3 : 1));
    return run(data, plan, dlrm, await backend.open({}), { ...settings, ...change });
  };

  test('learns, keeps k (in + out + 1) floats a layer, and is the same every time', async () => {
    const exact = await runWith(full, {});
    const biases = shapes.reduce((sum, [, out]) => sum + out, 0);
    expect(exact.memory.training.measured.gradientBytes).toBe(
      4 * (shapes.reduce((sum, [n, m]) => sum + n * m, 0) + biases),
    );
    for (const k of [1, 4]) {
      const found = await runWith(full, { gradients: `sbpca:${k}` });
      const kept = shapes.reduce((sum, [n, m]) => sum + Math.min(k, n, m) * (n + m + 1), 0);
      // And of one layer's gradient what a step has at once: one row by the kernel.
      const block = backend === native ? 64 : 64 * 32;
      expect(found.memory.training.measured.gradientBytes).toBe(4 * (kept + biases + block));
      expect(found.quality.auc).toBeGreaterThan(exact.quality.auc - 0.1);
      expect(found.quality.auc).not.toBe(exact.quality.auc);
      expect((await runWith(full, { gradients: `sbpca:${k}` })).quality).toEqual(found.quality);
    }
  });

  test('goes with every embedding, optimizer and kept activation', async () => {
    for (const method of [mixedDimension, quotientRemainder])
      for (const change of [{ optimizer: 'sgd' }, { optimizer: 'adam' }, { activations: 4 }] as const) {
        const found = await runWith(method, { gradients: 'sbpca:2', ...change });
        expect(found.quality.auc).toBeGreaterThan(0.45);
        expect(Number.isFinite(found.quality.logloss)).toBe(true);
      }
  });
});
