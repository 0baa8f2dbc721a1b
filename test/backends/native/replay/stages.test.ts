import { beforeAll, describe, expect, test } from 'vitest';
import { native } from '../../../../backends/native/index.ts';
import type { OpenBackend } from '../../../../harness/contract/backend.ts';
import { dlrm } from '../../../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../../../harness/run.ts';
import { findMethod } from '../../../../suites/find-method.ts';
import { feasiblePlan, layerAt } from '../../../layers.ts';
import { smallData } from '../../../small-data.ts';
import { smallRun } from '../../../small-run.ts';
import { openNative } from '../on-both.ts';

/** Whole runs with stages, epochs and held-out batches, replayed and on the tape: the same results. */

const data = smallData();
const everything: Partial<RunSettings> = {
  ...{ epochs: 3, patience: 1, reduceOnPlateau: 2, warmUp: 0.5, average: 0.3 },
  ...{ dropout: 0.2, l2Rows: 1e-3, l2Network: 1e-3, optimizer: 'adam', learningRate: 0.02 },
};

const { usable, detail } = await native.probe();

describe.runIf(usable)(`runs by replayed steps${usable ? '' : ` (${detail})`}`, () => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openNative();
  });

  test.each<[name: string, change?: Partial<RunSettings>]>([
    ['full', everything],
    ['low-precision-training', everything],
    ['auto-srh'],
    ['auto-dim'],
    ['opt-embed', everything],
    ['pep'],
    ['mec', { epochs: 2 }],
    ['magnitude-pruning', { epochs: 2 }],
    ['int8(cafe)'],
  ])('%s', async (name, change = {}) => {
    const method = findMethod(name);
    const outcomeOn = async (on: OpenBackend) => {
      const plan = feasiblePlan(method, layerAt(data.fields, 4, name === 'full' ? 1 : 2));
      return run(data, plan, dlrm, on, { ...smallRun, batchSize: 40, ...change });
    };
    const { replaySteps, ...tape } = backend;
    expect(replaySteps).toBeDefined();
    const [found, expected] = [await outcomeOn(backend), await outcomeOn(tape)];
    expect(found.quality).toEqual(expected.quality);
    expect(found.curve).toEqual(expected.curve);
    expect(found.memory.training).toEqual(expected.memory.training);
    expect(found.size).toEqual(expected.size);
    const [ran, ranOnTape] = [found, expected].map(({ stages }) => stages.filter(({ steps }) => steps > 0));
    for (const { replay, steps } of ran) {
      expect(replay!.reason).toBeUndefined();
      expect(replay!.steps).toBeGreaterThan(steps / 3);
    }
    expect(ranOnTape.every(({ replay }) => replay === undefined)).toBe(true);
  });
});
