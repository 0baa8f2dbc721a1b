import { describe, expect, test } from 'vitest';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import { optimizerRules } from '../../../harness/contract/backend.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import type { Method } from '../../../harness/contract/method.ts';
import { autoDim } from '../../../methods/auto-dim/index.ts';
import { autoSrh } from '../../../methods/auto-srh/index.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { robe } from '../../../methods/robe.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';
import { maxMemory } from '../../../harness/measuring/training-memory.ts';

const data = smallData();
const settings: RunSettings = { ...smallRun, modelOptions: { bottom: [32], top: [64, 32] } };

describe.each([wasm, native])('the memory of training on $name', (backend) => {
  const memoryWith = async (change: Partial<RunSettings>, method: Method = mixedDimension, ratio = 3) => {
    const plan = feasiblePlan(method, layerAt(data.fields, settings.dim, ratio));
    const outcome = await run(data, plan, dlrm, await backend.open({}), { ...settings, ...change });
    return outcome.memory.training;
  };

  // Rows of robe overlap; what auto-srh and auto-dim search with has gradients on batches of its own.
  test.each([robe, autoSrh, autoDim])('is what formulas say: $name', async (method) => {
    const { measured, expected } = await memoryWith({}, method, 2);
    expect(measured).toMatchObject(expected);
  });

  test.each(optimizerRules)('is what formulas say: %s', async (optimizer) => {
    const { measured, expected } = await memoryWith({ optimizer });
    const { rowGradientBytes, otherBytes, ...kinds } = measured;
    expect(kinds).toEqual(expected);
    expect(expected.stateBytes > 0).toBe(optimizer !== 'sgd');
    expect(rowGradientBytes).toBeGreaterThan(0);
    expect(otherBytes).toBeGreaterThan(0);
  });

  test('is that and little more where gradients are estimated and activations are codes', async () => {
    const exact = await memoryWith({});
    const { measured, expected } = await memoryWith({ gradients: 'sbpca:1', activations: 4 });
    expect(expected.layerBytes).toBe(exact.expected.layerBytes / 8);
    expect(expected.gradientBytes).toBeLessThan(exact.expected.gradientBytes / 5);
    for (const kind of ['gradientBytes', 'layerBytes'] as const) {
      expect(measured[kind]).toBeGreaterThan(expected[kind]);
      expect(measured[kind]).toBeLessThan(exact.measured[kind]);
    }
    expect(measured.stateBytes).toBe(exact.measured.stateBytes);
    expect(maxMemory([measured, exact.measured])).toBe(exact.measured);
  });
});
