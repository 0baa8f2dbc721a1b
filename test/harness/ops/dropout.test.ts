import * as tf from '../../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../../backends/cpu.ts';
import { native } from '../../../backends/native/index.ts';
import { wasm } from '../../../backends/wasm/index.ts';
import { deriveSeed } from '../../../base/hash.ts';
import { random } from '../../../base/random.ts';
import type { BackwardPass, DenseLayer } from '../../../harness/contract/model.ts';
import { dropoutMask, keptShare } from '../../../harness/ops/dropout.ts';
import { mlp } from '../../../harness/ops/mlp.ts';

const seedOf = (seed: number) => () => seed;

/** The dropout of a step: the same masks whenever it is asked for. */
function passOf(rate: number, seed = 7): BackwardPass {
  let layer = 0;
  return { dropout: { rate, nextSeed: () => seedOf(deriveSeed(seed, layer++)) } };
}

const batch = 5;
const widths = [3, 7, 4, 2];

interface Numbers {
  readonly x: Float32Array;
  readonly weights: readonly Float32Array[];
  readonly biases: readonly Float32Array[];
}

function someNumbers(): Numbers {
  const stream = random(11);
  const drawn = (length: number) => Float32Array.from({ length }, () => stream.normal());
  const sides = widths.slice(1).map((out, i) => [widths[i], out]);
  return {
    x: drawn(batch * widths[0]),
    weights: sides.map(([input, out]) => drawn(input * out)),
    biases: sides.map(([, out]) => drawn(out)),
  };
}

/** The sum of squared outputs in doubles, with masks taken as numbers: nothing of harness/ops/mlp.ts is in it. */
function lossInDoubles(
  { x, weights, biases }: Numbers,
  masks: readonly ArrayLike<number>[],
  end: 'relu' | 'linear',
): number {
  let y = Array.from(x);
  weights.forEach((w, layer) => {
    const [input, out] = [widths[layer], widths[layer + 1]];
    const linear = layer === weights.length - 1 && end === 'linear';
    y = Array.from({ length: batch * out }, (_, i) => {
      const [row, column] = [Math.floor(i / out), i % out];
      let z = biases[layer][column];
      for (let k = 0; k < input; k++) z += y[row * input + k] * w[k * out + column];
      return linear ? z : Math.max(0, z) * masks[layer][i];
    });
  });
  return y.reduce((sum, z) => sum + z * z, 0);
}

function gradientsOf(
  numbers: Numbers,
  pass: BackwardPass,
  end: 'relu' | 'linear' = 'linear',
): Float32Array[] {
  return tf.tidy(() => {
    const x = tf.tensor2d(numbers.x, [batch, widths[0]]);
    const weights = numbers.weights.map((w, i) => tf.tensor2d(w, [widths[i], widths[i + 1]]));
    const biases = numbers.biases.map((b) => tf.tensor1d(b));
    const loss = (x: tf.Tensor, ...parameters: tf.Tensor[]) => {
      const layers = weights.map((_, i) => ({
        weights: parameters[i],
        bias: parameters[weights.length + i],
      }));
      const y = mlp(x as tf.Tensor2D, layers as unknown as DenseLayer[], end, 'activations', pass);
      return tf.sum(tf.square(y));
    };
    return tf
      .grads(loss)([x, ...weights, ...biases])
      .map((gradient) => gradient.dataSync<'float32'>().slice());
  });
}

describe.each([cpu, wasm, native])('dropout on $name', (backend) => {
  beforeAll(async () => {
    if ((await backend.probe()).usable) await backend.open({ threads: 1 });
  });
  const usable = async () => (await backend.probe()).usable;

  test.for(['linear', 'relu'] as const)(
    'gradients are those of finite differences: %s',
    async (end, { skip }) => {
      if (!(await usable())) skip();
      const numbers = someNumbers();
      const { dropout } = passOf(0.4);
      const masks = widths.slice(1).map((width) => dropoutMask(batch, width, dropout!).dataSync().slice());
      expect(masks.some((mask) => mask.includes(0))).toBe(true);
      const found = gradientsOf(numbers, passOf(0.4), end);
      const parts = [numbers.x, ...numbers.weights, ...numbers.biases];
      const step = 1e-4;
      parts.forEach((part, at) =>
        part.forEach((value, i) => {
          const lossAt = (moved: number) => {
            const copy = Float64Array.from(part);
            copy[i] = moved;
            const all = parts.map((one, place) => (place === at ? copy : one)) as Float32Array[];
            const count = numbers.weights.length;
            const [x, weights, biases] = [all[0], all.slice(1, 1 + count), all.slice(1 + count)];
            return lossInDoubles({ x, weights, biases }, masks, end);
          };
          const expected = (lossAt(value + step) - lossAt(value - step)) / (2 * step);
          expect(Math.abs(found[at][i] - expected)).toBeLessThan(2e-3 * Math.max(1, Math.abs(expected)));
        }),
      );
    },
  );

  test('a rate of 0 changes no bit, there and back', async ({ skip }) => {
    if (!(await usable())) skip();
    for (const end of ['linear', 'relu'] as const)
      expect(gradientsOf(someNumbers(), passOf(0), end)).toEqual(gradientsOf(someNumbers(), {}, end));
  });

  test('with packed activations it leaves gradients of inputs as they are, and those of weights near', async ({
    skip,
  }) => {
    if (!(await usable())) skip();
    const exact = gradientsOf(someNumbers(), passOf(0.4));
    const packed = gradientsOf(someNumbers(), { ...passOf(0.4), activations: 8 });
    expect(packed[0]).toEqual(exact[0]);
    exact.forEach((gradient, i) => {
      const most = Math.max(...gradient.map(Math.abs));
      gradient.forEach((value, k) => expect(Math.abs(packed[i][k] - value)).toBeLessThanOrEqual(0.05 * most));
    });
  });
});

describe('masks', () => {
  beforeAll(async () => {
    await cpu.open({});
  });

  test('keep outputs with their probability, divided by it: the mean over steps is that without dropout', () => {
    const x = tf.ones<tf.Rank.R2>([40, 30]);
    const hidden = { weights: tf.ones([30, 64]), bias: tf.zeros([64]) } as DenseLayer;
    const out = { weights: tf.ones([64, 1]), bias: tf.zeros([1]) } as DenseLayer;
    const meanOf = (pass: BackwardPass) =>
      tf.tidy(() => tf.mean(mlp(x, [hidden, out], 'linear', 'activations', pass)).dataSync()[0]);
    const without = meanOf({});
    for (const rate of [0.1, 0.5, 0.8]) {
      const steps = Array.from({ length: 60 }, (_, seed) => meanOf(passOf(rate, seed)));
      const mean = steps.reduce((sum, value) => sum + value, 0) / steps.length;
      // The relative deviation of a mean over n outputs is sqrt(rate / (1 - rate) / n).
      const deviation = Math.sqrt(rate / (1 - rate) / (60 * 40 * 64));
      expect(Math.abs(mean / without - 1)).toBeLessThan(4 * deviation);
    }
  });

  test('keep each place without regard to its neighbours', () => {
    const [rate, size] = [0.3, 100_000];
    const kept = dropoutMask(1, size, { rate, nextSeed: () => () => 5 })
      .dataSync<'float32'>()
      .map((x) => Number(x > 0));
    for (const apart of [1, 2, 3, 64]) {
      const both = kept.reduce((sum, own, i) => sum + own * (kept[i + apart] ?? 0), 0);
      // The share of pairs kept together deviates by sqrt(p (1 - p) / n), p = (1 - rate)^2, and a little more, as pairs share places.
      expect(Math.abs(both / (size - apart) - 0.49)).toBeLessThan(6 * Math.sqrt(0.25 / size));
    }
  });

  test('are others for every layer and step, the same for the same', () => {
    const maskOf = (seed: number) =>
      [...dropoutMask(9, 11, { rate: 0.5, nextSeed: () => () => seed }).dataSync()].join();
    expect(new Set([1, 2, 3, 4].map(maskOf)).size).toBe(4);
    expect(maskOf(3)).toBe(maskOf(3));
  });

  test('hold what is divided by, whatever the rate', () => {
    for (const rate of [0, 0.1, 0.3, 0.999]) {
      const values = new Set(dropoutMask(50, 41, { rate, nextSeed: () => () => 1 }).dataSync());
      const scale = Math.fround(1 / keptShare({ rate }));
      expect([...values].filter((value) => value !== 0 && value !== scale)).toEqual([]);
    }
  });
});
