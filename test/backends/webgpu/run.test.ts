import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import { dlrm } from '../../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import { mixedDimension } from '../../../methods/mixed-dimension/index.ts';
import { Diverged } from '../../../harness/training/train.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { sized } from '../../long.ts';
import { smallData } from '../../small-data.ts';
import { describeGpu, openGpu } from './describe-gpu.ts';

const data = smallData();
const settings: RunSettings = {
  dim: 4,
  modelOptions: { bottom: [8], top: [8] },
  optimizer: 'adagrad',
  learningRate: 0.05,
  batchSize: 20,
  epochs: sized(1, 2),
  order: 'shuffled',
  seed: 3,
};
const plan = feasiblePlan(mixedDimension, layerAt(data.fields, 4, 3));

describeGpu('a run on the card', () => {
  let open: OpenBackend;
  let backend: GpuBackend;
  beforeAll(async () => {
    ({ open, backend } = await openGpu());
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test(
    'comes to what it comes to on the cpu, reading back once for 16 steps',
    { timeout: 60_000 },
    async () => {
      const expected = await run(data, plan, dlrm, await cpu.open({}), settings);
      ({ open, backend } = await openGpu());
      const read = vi.spyOn(backend, 'read');
      const download = vi.spyOn(backend, 'download');
      const found = await run(data, plan, dlrm, open, settings);

      const steps = Math.ceil(data.rows.train / settings.batchSize);
      const [validation, test] = [data.rows.validation, data.rows.test].map((n) =>
        Math.ceil(n / settings.batchSize),
      );
      expect(read.mock.calls.length).toBe(settings.epochs * (Math.ceil(steps / 16) + validation) + test);
      // Once before, after every epoch, its validation and the test: what went wrong on the card is asked for. Lookups are timed.
      expect(download.mock.calls.length).toBeGreaterThanOrEqual(2 + 2 * settings.epochs);

      expect(found.curve.map(({ samples }) => samples)).toEqual(expected.curve.map(({ samples }) => samples));
      found.curve.forEach(({ loss }, i) => expect(loss).toBeCloseTo(expected.curve[i].loss, 4));
      expect(found.quality.auc).toBeCloseTo(expected.quality.auc, 3);
      expect(found.quality.epoch).toBe(expected.quality.epoch);
      expect(found.size).toEqual(expected.size);
      for (const { median } of Object.values(found.speed)) expect(median).toBeGreaterThan(0);
    },
  );

  test('that diverges is seen', { timeout: 60_000 }, async () => {
    const diverging = { ...settings, optimizer: 'sgd', learningRate: 1e30 } as const;
    await expect(run(data, plan, dlrm, open, diverging)).rejects.toThrow(Diverged);
  });
});
