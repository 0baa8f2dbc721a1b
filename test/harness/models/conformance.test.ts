import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import { describeOptions } from '../../../base/describe-options.ts';
import { random } from '../../../base/random.ts';
import type { Model } from '../../../harness/contract/model.ts';
import { models } from '../../../harness/models/index.ts';
import { binaryCrossEntropy } from '../../../harness/ops/binary-cross-entropy.ts';
import { run, type RunSettings } from '../../../harness/run.ts';
import { full } from '../../../methods/full.ts';
import { methods } from '../../../methods/index.ts';
import { feasiblePlan, layerAt } from '../../layers.ts';
import { smallData } from '../../small-data.ts';
import { smallRun } from '../../small-run.ts';
import { smallVariants } from './small-variants.ts';

/** Rules that every model keeps, whatever its formula. */

const data = smallData();

test('names of models are no names of methods, nor are their aliases where --set takes them', () => {
  const ofMethods = methods.flatMap(({ name, aliases }) => [name, ...aliases]);
  const ofModels = models.flatMap(({ name, aliases = [], options }) =>
    describeOptions(options).length === 0 ? [name] : [name, ...aliases],
  );
  expect(new Set(ofModels).size).toBe(ofModels.length);
  expect(ofModels.filter((name) => ofMethods.includes(name))).toEqual([]);
});

describe.each(smallVariants)('$title', ({ model, options }) => {
  beforeAll(() => cpu.open({}));

  /** Log-odds and gradients of random inputs. */
  const passOf = (batch: number, denseFields: number, fields: number, dim: number, seed: number) =>
    tf.tidy(() => {
      const stream = random(seed);
      const normal = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
      const network = model.build({ denseFields, fields, dim }, model.options.parse(options), seed);
      const vectors = tf.tensor3d(normal(batch * fields * dim), [batch, fields, dim]);
      const labels = tf.tensor1d(Array.from({ length: batch }, (_, i) => i % 2));
      const numbers = normal(batch * denseFields);
      // Dense features are made inside, as the trainer does, so that what the way back needs has to be saved.
      const logitsOf = (vectors: tf.Tensor) =>
        network.logits(tf.tensor2d(numbers, [batch, denseFields]), vectors as tf.Tensor3D);
      const logits = logitsOf(vectors);
      const { grads, value } = tf.valueAndGrads((vectors: tf.Tensor) =>
        binaryCrossEntropy(logitsOf(vectors), labels),
      )([vectors, ...network.variables]);
      const found = {
        logits: [...logits.dataSync()],
        loss: value.dataSync()[0],
        grads: grads.map((gradient) => [...gradient.dataSync()]),
        shapes: grads.map(({ shape }) => shape),
      };
      expect(logits.shape).toEqual([batch]);
      expect(found.shapes).toEqual([vectors, ...network.variables].map(({ shape }) => shape));
      expect([...found.logits, ...found.grads.flat()].every(Number.isFinite)).toBe(true);
      network.variables.forEach((variable) => variable.dispose());
      return found;
    });

  const widths = model.width === undefined ? [1, 2, 5] : [model.width];
  test.each(
    widths.flatMap((dim) => [0, 1, 3].flatMap((dense) => [1, 3].map((fields) => ({ dim, dense, fields })))),
  )(
    'takes $fields fields of width $dim and $dense dense features, in batches of any size',
    ({ dim, dense, fields }) => {
      const passes = [1, 4, 16].map((batch) => passOf(batch, dense, fields, dim, batch));
      // With units of a ReLU that are all 0, vectors of a small batch may be without a gradient.
      expect(passes.some(({ grads }) => grads[0].some((x) => x !== 0))).toBe(true);
    },
  );

  test('what it makes of dense features may be known: no bit of the log-odds changes', () => {
    tf.tidy(() => {
      const [stream, dim] = [random(5), model.width ?? 4];
      const network = model.build({ denseFields: 3, fields: 2, dim }, model.options.parse(options), 5);
      const normal = (...shape: number[]) =>
        tf.tensor(
          Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => stream.normal()),
          shape,
        );
      const [dense, vectors] = [normal(6, 3) as tf.Tensor2D, normal(6, 2, dim) as tf.Tensor3D];
      const known = network.ofDense?.(dense);
      const others = known && network.logits(tf.zerosLike(dense), vectors, undefined, known);
      const found = (others ?? network.logits(dense, vectors)).dataSync();
      expect(found).toEqual(network.logits(dense, vectors).dataSync());
      network.variables.forEach((variable) => variable.dispose());
    });
  });

  test('a sample alone has the log-odds that it has in a batch', () => {
    const dim = model.width ?? 3;
    const network = model.build({ denseFields: 2, fields: 3, dim }, model.options.parse(options), 1);
    tf.tidy(() => {
      const vectors = tf.randomUniform<tf.Rank.R3>([4, 3, dim], -1, 1);
      const dense = tf.randomUniform<tf.Rank.R2>([4, 2], -1, 1);
      const all = network.logits(dense, vectors).dataSync();
      for (let i = 0; i < 4; i++) {
        const one = network.logits(
          tf.slice2d(dense, [i, 0], [1, 2]),
          tf.slice(vectors, [i, 0, 0], [1, 3, dim]),
        );
        expect(Math.abs(one.dataSync()[0] - all[i])).toBeLessThan(1e-5);
      }
    });
    network.variables.forEach((variable) => variable.dispose());
  });

  const settings: RunSettings = { ...smallRun, dim: model.width ?? 4, modelOptions: options };
  const runWith = async (change: Partial<RunSettings>) => {
    const plan = feasiblePlan(full, layerAt(data.fields, settings.dim, 1));
    return run(data, plan, model, await native.open({}), { ...settings, ...change });
  };

  test('it learns, and its memory is what formulas say', async () => {
    const { quality, memory } = await runWith({ epochs: 4 });
    expect(quality.auc).toBeGreaterThan(0.62);
    const { rowGradientBytes, otherBytes, ...measured } = memory.training.measured;
    expect(measured).toEqual(memory.training.expected);
    expect(rowGradientBytes + otherBytes).toBeGreaterThan(0);
  });

  test.skipIf(model.withoutLayers)(
    'approximate gradients and activations change it, and it still learns',
    async () => {
      const exact = await runWith({});
      for (const way of [
        { activations: 4 },
        { gradients: 'sbpca:2' },
        { activations: 2, gradients: 'sbpca:1' },
      ] as const) {
        const found = await runWith(way);
        expect(found.quality).not.toEqual(exact.quality);
        expect(found.quality.auc).toBeGreaterThan(exact.quality.auc - 0.1);
        const { layerBytes } = found.memory.training.measured;
        if ('activations' in way)
          expect(layerBytes).toBeLessThan(exact.memory.training.measured.layerBytes / 2);
      }
    },
  );

  test('the same seed gives the same network, and another one another', () => {
    const valuesOf = (seed: number) => {
      const shape = { denseFields: 2, fields: 3, dim: model.width ?? 3 };
      const network = model.build(shape, model.options.parse(options), seed);
      const values = network.variables.map((variable) => [...variable.dataSync()]);
      network.variables.forEach((variable) => variable.dispose());
      return values;
    };
    expect(valuesOf(5)).toEqual(valuesOf(5));
    // A logistic regression begins at 0.
    if (
      valuesOf(5)
        .flat()
        .some((x) => x !== 0)
    )
      expect(valuesOf(6)).not.toEqual(valuesOf(5));
  });
});

test('options that do not go together are refused by name', () => {
  const refusal = (model: Model, options: object) => model.options.safeParse(options).error?.issues[0];
  const dcnV2 = models.find(({ name }) => name === 'dcn-v2')!;
  expect(refusal(dcnV2, { experts: 4 })).toMatchObject({ path: ['experts'] });
  expect(refusal(dcnV2, { experts: 4, rank: 8 })).toBeUndefined();
});
