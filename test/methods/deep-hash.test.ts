import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Weight } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { deepHash } from '../../methods/deep-hash/index.ts';
import { createDecoder, decoderFloats } from '../../methods/deep-hash/decoder.ts';
import { encode, encodeHere, encodingSeeds } from '../../methods/deep-hash/hash-encodings.ts';
import { normalizedDecoder } from '../../methods/deep-hash/normalized-decoder.ts';
import { random } from '../../base/random.ts';
import { nextStage } from './untrained.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

/** Encodings of the ids in one field, [ids, hashes]. */
const encoded = (ids: readonly number[], hashes: number, kind: 'uniform' | 'normal', field = 0, seed = 1) => {
  const indices = new HostIndices(Uint32Array.from(ids), ids.length, 1);
  return tf.tidy(() => encode(indices, encodingSeeds([field], hashes, seed), kind).arraySync());
};

describe('encodings', () => {
  // 32-bit arithmetic would overflow at a * id + b, and negative remainders give encodings down to -3.
  const large = [0, 1, 2, 10_131_226, 2 ** 24 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2];

  test('are in [-1, 1] and fill it, for ids of any size', () => {
    const values = encoded(large, 2000, 'uniform').flat();
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThanOrEqual(1);
    for (const ofId of encoded(large, 2000, 'uniform')) {
      expect(Math.min(...ofId)).toBeLessThan(-0.99);
      expect(Math.max(...ofId)).toBeGreaterThan(0.99);
    }
    const square = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(square).toBeCloseTo(1 / 3, 1);
  });

  test('are the middles of 2^20 steps, exactly', () => {
    for (const x of encoded(large, 50, 'uniform').flat()) {
      const step = (x + 1) * 2 ** 19 - 0.5;
      expect(step).toBe(Math.round(step));
    }
  });

  test('may be normal: finite, mean 0, variance 1, kurtosis 3', () => {
    const values = encoded(large, 4000, 'normal').flat();
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(moment(1))).toBeLessThan(0.03);
    expect(moment(2)).toBeCloseTo(1, 1);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.25);
  });

  const correlation = (a: readonly number[], b: readonly number[]) =>
    (3 * a.reduce((sum, x, t) => sum + x * b[t], 0)) / a.length;

  test('of neighbours, fields and seeds have nothing to do with each other', () => {
    const [a, next] = encoded([7, 8], 4000, 'uniform');
    const [elsewhere] = encoded([7], 4000, 'uniform', 1);
    const [reseeded] = encoded([7], 4000, 'uniform', 0, 2);
    for (const other of [next, elsewhere, reseeded])
      expect(Math.abs(correlation(a, other))).toBeLessThan(0.06); // 1 / sqrt(4000) = 0.016
  });

  test('are those of their field in a batch of several', () => {
    const both = new HostIndices(Uint32Array.of(7, 7, 9, 3), 2, 2);
    const rows = tf.tidy(() => encode(both, encodingSeeds([4, 6], 8, 1), 'uniform').arraySync());
    expect(rows).toEqual([
      ...encoded([7], 8, 'uniform', 4),
      ...encoded([7], 8, 'uniform', 6),
      ...encoded([9], 8, 'uniform', 4),
      ...encoded([3], 8, 'uniform', 6),
    ]);
  });
});

describe('the decoder', () => {
  // The published counts hold 10 floats of batch normalization per unit, which there is none of here.
  test.each([
    [64, 83_920],
    [128, 200_592],
    [256, 532_240],
    [512, 1_588_752],
    [1024, 5_274_640],
  ])('of width %i has the floats of 1024 hashes and 5 layers', (width, floats) => {
    const shape = { inputs: 1024, width, depth: 5, outputs: 16 };
    expect(decoderFloats(shape)).toBe(floats - 10 * width);
    const training = { activation: 'relu', inputVariance: 1 / 3, variance: 1, learningRate: 0 } as const;
    expect(sizeOf({ tables: [], weights: createDecoder(shape, training).weights }).parameters).toBe(
      floats - 10 * width,
    );
  });

  test.each(['relu', 'mish'] as const)('starts at the variance of a row: %s', (activation) => {
    const n = 2000;
    const layer = layerAt(zipfFields([n]), 16, 1.2);
    let squares = 0;
    const seeds = 6;
    for (let seed = 0; seed < seeds; seed++) {
      const options = { activation, hashes: 128, depth: 3, width: 64, keep: 0 };
      const plan = feasiblePlan(deepHash, { ...layer, seed }, options);
      const embedding = new Embedding(plan, backend, 'sgd', seed);
      const ids = Uint32Array.from({ length: 200 }, (_, id) => id);
      const vectors = tf.tidy(() => embedding.embed(ids, 200, 1).dataSync());
      for (const x of vectors) squares += x * x;
      embedding.dispose();
    }
    const variance = squares / (seeds * 200 * 16);
    expect(Math.abs(Math.log(variance * 3 * n))).toBeLessThan(Math.log(1.5));
  });
});

describe('the plan', () => {
  test('has one decoder for all fields, as wide as the budget allows', () => {
    const layer = layerAt(zipfFields([3000, 2000, 30]), 16, 4);
    const plan = feasiblePlan(deepHash, layer);
    const { width, hashes } = plan.choices as { width: number; hashes: number };
    expect(plan.choices.whole).toEqual(['C3']);
    expect(hashes).toBe(32 * width);
    const floats = (width: number) =>
      30 * 16 + decoderFloats({ inputs: Math.min(1024, 32 * width), width, depth: 5, outputs: 16 });
    expect(sizeOf(plan).parameters).toBe(floats(width));
    expect(4 * floats(width + 1)).toBeGreaterThan(layer.budget);
  });

  test('or one for each field that is larger than it', () => {
    const options = { decoder: 'field', width: 16, hashes: 64, depth: 2 };
    const plan = feasiblePlan(deepHash, layerAt(zipfFields([3000, 2000, 90]), 16, 3), options);
    const decoder = decoderFloats({ inputs: 64, width: 16, depth: 2, outputs: 16 }); // 1,584: 99 rows
    expect(decoder).toBe(1584);
    expect(plan.choices.whole).toEqual(['C3']);
    expect(sizeOf(plan).parameters).toBe(2 * decoder + 90 * 16);
  });

  test('is never narrower than 8', () => {
    const plan = deepHash.plan(layerAt(zipfFields([500]), 16, 50), deepHash.options.parse({}));
    const floats = decoderFloats({ inputs: 256, width: 8, depth: 5, outputs: 16 });
    expect(isInfeasible(plan) && plan.smallestBytes).toBe(4 * floats);
  });

  test("keeps of Kaggle's fields whole what the widest decoder leaves room for", () => {
    const plan = feasiblePlan(deepHash, layerAt(kaggleFields, 16, 16));
    expect(plan.choices.width).toBe(256);
    const whole = plan.choices.whole as string[];
    const smallest = kaggleFields.filter(({ name }) => !whole.includes(name));
    expect(smallest.length).toBeLessThan(6);
    for (const { cardinality } of smallest)
      expect(64 * cardinality + sizeOf(plan).servingBytes).toBeGreaterThan(540_201_232 / 4);
  });
});

describe('batch normalization', () => {
  const shape = { inputs: 6, width: 4, depth: 2, outputs: 3 };
  const stream = random(5);
  const draw = (count: number) => Float32Array.from({ length: count }, () => stream.normal());

  test.each(['relu', 'mish'] as const)(
    'becomes part of the weights, exactly on the rows of the statistics: %s',
    async (activation) => {
      const decoder = createDecoder(shape, {
        activation,
        inputVariance: 1,
        variance: 1,
        learningRate: 0.001,
      });
      const normalized = normalizedDecoder(decoder);
      const values = new Map(
        [...decoder.weights, ...normalized.factors].map((weight) => [
          weight,
          draw(weight.shape.reduce((a, b) => a * b)),
        ]),
      );
      const inputs = tf.tensor2d(draw(50 * 6), [50, 6]);
      const from = (of: ReadonlyMap<Weight, Float32Array>) => (weight: Weight) =>
        tf.tensor(of.get(weight)!, [...weight.shape]);
      const trained = normalized.decode(inputs, from(values), true);
      const before = tf.memory().numTensors;
      const folded = await normalized.fold(inputs, (weight) => Promise.resolve(values.get(weight)!));
      expect(tf.memory().numTensors).toBe(before);
      const served = decoder.decode(inputs, from(folded)).dataSync();
      trained.dataSync().forEach((x, at) => expect(served[at]).toBeCloseTo(x, 4));
    },
  );

  test('encodes ids in this process as a lookup does', () => {
    const ids = Uint32Array.of(0, 7, 2 ** 31, 5, 2 ** 32 - 2, 9); // three rows of two fields
    for (const kind of ['uniform', 'normal'] as const) {
      const seeds = encodingSeeds([0, 3], 8, 1);
      const looked = tf.tidy(() => encode(new HostIndices(ids, 3, 2), seeds, kind).arraySync());
      expect(tf.tidy(() => encodeHere(ids, seeds, kind).arraySync())).toEqual(looked);
    }
  });

  test('is served in the bytes of a decoder without it', async () => {
    const layer = layerAt(zipfFields([900, 400]), 8, 8);
    const plan = feasiblePlan(deepHash, layer, { normalize: true, hashes: 32, keep: 0 });
    const plain = feasiblePlan(deepHash, layer, { hashes: 32, keep: 0 });
    expect(sizeOf(plan).servingBytes).toBe(sizeOf(plain).servingBytes);
    const { plan: served, contents } = await nextStage(plan, backend);
    expect(served.weights!.every((weight) => contents!.has(weight))).toBe(true);
    expect(sizeOf(served)).toEqual(sizeOf(plain));
  });
});
