import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import * as tf from '../../../tensors/index.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import { models } from '../../../harness/models/index.ts';
import { Regularizer } from '../../../harness/training/regularizer.ts';

const seedOf = (seed: number) => () => seed;

const shape = { denseFields: 2, fields: 3, dim: 4 };

describe.each(models)('$name', (model) => {
  beforeAll(async () => {
    await cpu.open({});
  });

  const built = () => model.build({ ...shape, dim: model.width ?? shape.dim }, model.options.parse({}), 1);

  test('has its hidden layers left out in part, with other masks in every step', () => {
    const network = built();
    const stream = random(3);
    const drawn = (length: number) => Float32Array.from({ length }, () => stream.normal());
    const width = model.width ?? shape.dim;
    const dense = tf.tensor2d(drawn(10), [5, 2]);
    const vectors = tf.tensor3d(drawn(15 * width), [5, 3, width]);
    const of = (step?: number) => {
      let layer = 0;
      const dropout = { rate: 0.5, nextSeed: () => seedOf(deriveSeed(step!, layer++)) };
      const logits = network.logits(dense, vectors, step === undefined ? {} : { dropout });
      return { logits: [...logits.dataSync()], masks: layer };
    };
    const [plain, first, again, second] = [of(), of(1), of(1), of(2)];
    expect(again).toEqual(first);
    if (model.withoutLayers) {
      expect(first).toEqual(plain);
      return;
    }
    expect(first.masks).toBeGreaterThan(0);
    expect(first.logits).not.toEqual(plain.logits);
    expect(second.logits).not.toEqual(first.logits);
  });

  test('has L2 on its matrices and on no bias', () => {
    const network = built();
    const regularizer = new Regularizer(network, { l2Network: 0.5 });
    const gradients = Object.fromEntries(
      network.variables.map((variable) => [variable.name, tf.zerosLike(variable) as tf.Tensor]),
    );
    regularizer.addTo(gradients);
    const biases = new Set<tf.Variable>([
      ...network.layers.flatMap(({ bias }) => bias ?? []),
      ...(network.biases ?? []),
    ]);
    for (const variable of network.variables) {
      const spared = biases.has(variable) || variable.size === 1;
      const expected = variable.dataSync<'float32'>().map((value) => (spared ? 0 : 0.5 * value));
      if (variable.rank > 1 || spared) expect(gradients[variable.name].dataSync()).toEqual(expected);
    }
  });
});

test('every step and every hidden layer has a mask of its own, the same under the same seed', () => {
  const seedsOf = (step: number, dropoutSeed: number) => {
    const network = { variables: [], layers: [], logits: () => tf.tensor1d([]) };
    const regularizer = new Regularizer(network, { dropout: 0.5, dropoutSeed });
    const { dropout } = regularizer.pass();
    const seeds = [dropout!.nextSeed(), dropout!.nextSeed(), dropout!.nextSeed()];
    regularizer.begin(step);
    return seeds.map((seedOfStep) => seedOfStep());
  };
  const all = [1, 2].flatMap((seed) => [0, 1, 2].flatMap((step) => seedsOf(step, seed)));
  expect(new Set(all).size).toBe(18);
  expect(seedsOf(1, 2)).toEqual(seedsOf(1, 2));
});
