import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { Plan, Step } from '../../harness/contract/method.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { run, type RunSettings } from '../../harness/run.ts';
import { full } from '../../methods/full.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';

const data = smallData();
const settings: RunSettings = {
  dim: 4,
  bottom: [8],
  top: [8],
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
    const { plan, seen } = halves({ goesOn: true });
    const backend = await cpu.open({});
    const { stages, curve } = await run(data, plan, dlrm, backend, { ...settings, order });
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
