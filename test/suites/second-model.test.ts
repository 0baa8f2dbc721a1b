import * as tf from '../../tensors/index.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { cpu } from '../../backends/cpu.ts';
import type { Model } from '../../harness/contract/model.ts';
import { KernelClock } from '../../harness/measuring/kernel-clock.ts';
import { flopsOf, matrixProducts } from '../../harness/measuring/matrix-products.ts';
import { models } from '../../harness/models/index.ts';
import { mlp } from '../../harness/ops/mlp.ts';
import { run } from '../../harness/run.ts';
import { full } from '../../methods/full.ts';
import { benchCommand } from '../../scripts/options/bench-options.ts';
import { chosenModelOptions } from '../../scripts/options/model-options.ts';
import { chosenMethods, type Setting } from '../../scripts/options/set-option.ts';
import { describeModel } from '../../suites/described/describe-method.ts';
import { expand } from '../../suites/job.ts';
import { BuiltConfiguration } from '../../suites/throughput/built-configuration.ts';
import { expandConfigurations } from '../../suites/throughput/configurations.ts';
import { expandReferences } from '../../suites/throughput/references.ts';
import { configurationRecords } from '../../suites/throughput/records.ts';
import type { ThroughputSettings } from '../../suites/throughput/settings.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { smallRun } from '../small-run.ts';
import { someSettings } from './settings.ts';

/** A second model, known to this test alone: a logistic regression on dense features, and the sum of all vectors. */

const options = z.strictObject({
  share: z.number().gt(0).default(1).describe('of the vectors in the sum'),
});

const toy: Model<z.infer<typeof options>> = {
  name: 'toy',
  title: 'Toy',
  paper: { cite: 'none', url: 'https://example.org' },
  options,
  describe: ({ share }) => `sum x ${share}`,
  build({ denseFields }, { share }) {
    const layer = {
      weights: tf.variable(tf.zeros<tf.Rank.R2>([denseFields, 1])),
      bias: tf.variable(tf.zeros<tf.Rank.R1>([1])),
      input: 'data' as const,
    };
    return {
      variables: [layer.weights, layer.bias],
      layers: [layer],
      logits(dense, vectors, backward) {
        const linear = tf.reshape(mlp(dense, [layer], 'linear', 'data', backward), [-1]);
        return tf.add(linear, tf.mul(tf.sum(vectors, [1, 2]), share));
      },
    };
  },
};

beforeAll(async () => {
  (models as Model[]).push(toy);
  await cpu.open({});
});
afterAll(() => void (models as Model[]).pop());

const data = smallData();

test('it trains and is counted', async () => {
  const plan = feasiblePlan(full, layerAt(data.fields, 4, 1));
  const settings = { ...smallRun, epochs: 6, learningRate: 0.1, modelOptions: { share: 0.5 } };
  const { quality, memory } = await run(data, plan, toy, await cpu.open({}), settings);
  expect(quality.auc).toBeGreaterThan(0.65);
  const { networkBytes } = memory.training.measured;
  expect(networkBytes).toBe(4 * (data.denseFields.length + 1));
  expect(memory.training.expected.networkBytes).toBe(networkBytes);
});

describe('in a comparison', () => {
  test('its options are checked, and decide the id of a run', () => {
    const jobs = (modelOptions: Record<string, unknown>) =>
      expand({ ...someSettings, model: 'toy', modelOptions }, 'data');
    expect(jobs({})[0]).toMatchObject({ model: 'toy', modelOptions: { share: 1 } });
    expect(jobs({ share: 2 })[0].id).not.toBe(jobs({})[0].id);
    expect(jobs({ share: 1 })[0].id).toBe(jobs({})[0].id);
    expect(() => jobs({ bottom: [8] })).toThrow('toy has no option "bottom": there are share');
  });

  test('they are set by --set, and the list shows them', () => {
    const chosen = (...args: string[]) => {
      const command = benchCommand().parse(args, { from: 'user' });
      const { set = [] } = command.opts<{ set?: Setting[] }>();
      return { options: chosenModelOptions(toy, command, set), methods: chosenMethods(['md'], set, ['toy']) };
    };
    expect(chosen('--set', 'toy.share=0.5', '--set', 'md.temperature=0.3')).toEqual({
      options: { share: 0.5 },
      methods: [{ name: 'mixed-dimension', options: { temperature: 0.3 } }],
    });
    expect(() => chosen('--bottom', '8')).toThrow('toy takes no --bottom: add --model dlrm, or leave it out');
    expect(() => chosen('--set', 'dlrm.top=8')).toThrow('the model dlrm is not used here');
    expect(describeModel(toy).options).toEqual([
      { name: 'share', about: 'of the vectors in the sum', values: 'number, above 0', default: 1 },
    ]);
  });
});

describe('in a measurement of throughput', () => {
  const settings: ThroughputSettings = {
    methods: [{ name: 'full', options: {} }],
    baseline: true,
    compressions: [4],
    batches: [32],
    optimizers: ['sgd'],
    dims: [4],
    model: 'toy',
    modelOptions: { share: 0.5 },
    scales: [0.0001],
    rounds: 1,
    profile: false,
    tf32: false,
  };
  const configurationOf = () => expandConfigurations(settings, [{ backend: 'cpu', threads: 1 }])[0];

  test('it is built and timed, its own products are the bound, and kernels are profiled', async () => {
    const clock = new KernelClock();
    const built = new BuiltConfiguration(configurationOf(), clock.watchRows(await cpu.open({})), clock);
    const timing = { batch: 32, warmUp: 0, samples: 1, stepsPerSample: 1 };
    for (const what of ['train', 'inference', 'lookups', 'products'] as const) {
      const { milliseconds } = await built.time({ type: 'time', what, ...timing });
      expect(milliseconds).toHaveLength(1);
    }
    const { profile } = await built.profile({ type: 'profile', batch: 32, steps: 1 });
    expect(profile.entries.map(({ name }) => name)).toContain('rows: gather');
  });

  test('its bound has its products and no others', () => {
    const { layers } = toy.build({ denseFields: 13, fields: 26, dim: 4 }, { share: 1 }, 1);
    expect(flopsOf(matrixProducts(layers, 32))).toBe(2 * (2 * 32 * 13));
  });

  test('records name it and its network; PyTorch has no program for it, and it is said', () => {
    const measured = { stepsPerSample: 1, rounds: [[1]] };
    const works = { train: measured, inference: measured, lookups: measured, products: measured };
    const [record] = configurationRecords(
      configurationOf(),
      { version: '1', device: 'cpu' },
      { servingBytes: 100, tableBytes: 100 },
      { status: 'completed', byBatch: new Map([[32, { works }]]) },
      [32],
      { recording: 'r', measurement: 'm', startedAt: '2026-01-01T00:00:00Z' },
    );
    expect(record).toMatchObject({ model: 'Toy', network: 'sum x 0.5', status: 'completed' });
    const notes: string[] = [];
    const torch = { python: 'p', version: '2', pythonVersion: '3', blas: 'MKL', compiles: true };
    expect(
      expandReferences(settings, [torch], [{ device: 'cpu', threads: 1 }], (line) => notes.push(line)),
    ).toEqual([]);
    expect(notes).toEqual(['no PyTorch beside toy: there is no program that builds it']);
  });
});
