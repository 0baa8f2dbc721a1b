import * as tf from '../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { cpu } from '../../backends/cpu.ts';
import { isInfeasible, type Lookup } from '../../harness/contract/method.ts';
import { keysOf } from '../../harness/contract/keys.ts';
import { fullSize, sizeOf } from '../../harness/contract/size.ts';
import { TrainingClock } from '../../harness/embedding/training-clock.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/described/kaggle.ts';
import { boughtBytes, buyWidths } from '../../methods/shared/low-rank/bought-widths.ts';
import { inOrder, sseds } from '../../methods/sseds.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { trainedTo } from './trained.ts';

beforeAll(async () => {
  await cpu.open({});
});

/** e and g of two samples, two fields and three coordinates, and the derivatives by a mask of ones: METHODS-2, section 39. */
const vectors = [[[1, 0, 0.5], [0.5, 0.5, -1]], [[0, 1, 2], [0.5, -0.5, 0]]]; // prettier-ignore
const gradients = [[[0.1, -0.2, 0.3], [0.3, 0, 0.1]], [[-0.1, 0.1, -0.05], [0, 0.2, 0.2]]]; // prettier-ignore
const byMask = [0.1, 0.1, 0.05, 0.15, -0.1, -0.1];

describe('sums of vectors times gradients', () => {
  const { embed } = feasiblePlan(sseds, layerAt(zipfFields([9, 9]), 3, 4), { window: 0.1 });
  /** A step hands these back in the place of gradients: those of the vectors, and of the sums. */
  const handedBack = (before: readonly number[], steps: number | undefined) => {
    const weight = tf.tensor(before.flat(), [2, 3]);
    const training = steps === undefined ? {} : { training: TrainingClock.at(0, steps) };
    const taken = tf.grads((x: tf.Tensor, w: tf.Tensor) => {
      const lookup = { ids: { plus: () => undefined }, rows: () => x, weight: () => w, ...training };
      const same = embed(lookup as unknown as Lookup);
      expect([...same.dataSync()]).toEqual(vectors.flat(2).map(Math.fround));
      return tf.sum(tf.mul(same, tf.tensor3d(gradients)));
    })([tf.tensor3d(vectors), weight]);
    return taken.map((tensor) => [...tensor.dataSync()]);
  };

  test('are the derivatives by a mask, and vectors learn as without them', () => {
    const [ofVectors, ofSums] = handedBack([0, 0, 0, 0, 0, 0], 40);
    expect(ofVectors).toEqual(gradients.flat(2).map(Math.fround));
    ofSums.forEach((x, i) => expect(x).toBeCloseTo(-byMask[i], 7));
  });

  test('forget in a tenth of the steps, and remember all where a tenth is less than a step', () => {
    const before = [1, 2, 3, 4, 5, 6];
    const [, ofSums] = handedBack(before, 40);
    ofSums.forEach((x, i) => expect(x).toBeCloseTo(before[i] / 4 - byMask[i], 6));
    const [, short] = handedBack(before, 5);
    short.forEach((x, i) => expect(x).toBeCloseTo(before[i] - byMask[i], 6));
  });

  test('stay where nothing is trained', () => {
    expect(handedBack([1, 2, 3, 4, 5, 6], undefined)[1]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('the order of coordinates', () => {
  test('goes by saliency, or by saliency per row', () => {
    const saliency = Float32Array.of(0.3, 0.1, 0.2, 0.05);
    expect(inOrder(saliency, [100, 1], 'saliency')).toEqual([0, 1, 0, 1]);
    expect(inOrder(saliency, [100, 1], 'per-byte')).toEqual([1, 1, 0, 0]);
    expect(inOrder(new Float32Array(4), [100, 1], 'saliency')).toEqual([0, 0, 1, 1]);
  });

  const saliency = Float32Array.of(0.2, 0.15, 0.05, 0.01, 0.12, 0.08, 0.06, 0.02, 0.11, 0.1, 0.07, 0.03);
  const rows = [1000, 100, 10];
  test.each([
    ['saliency', 4_500, [1, 1, 2], 4_480],
    ['per-byte', 4_500, [0, 4, 4], 1_760],
    ['saliency', 8_900, [2, 2, 2], 8_880],
    ['per-byte', 8_900, [1, 4, 4], 5_760],
    ['saliency', 13_000, [2, 4, 4], 9_760],
  ] as const)('%s within %i bytes without matrices: %j, %i bytes', (order, bytes, widths, spent) => {
    const wanted = inOrder(saliency, rows, order);
    const bought = buyWidths({ start: [0, 0, 0], wanted, bytes, bytesOf: (f, width) => 4 * rows[f] * width });
    expect(bought.widths).toEqual(widths);
    expect(bytes - bought.left).toBe(spent);
  });

  test('more bytes are never asked for than there are, and nothing that fits is missed', () => {
    const asked = fc.record({
      rows: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 5 }),
      dim: fc.integer({ min: 2, max: 9 }),
      bytes: fc.integer({ min: 0, max: 20_000 }),
      seed: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(asked, ({ rows, dim, bytes, seed }) => {
        const stream = random(seed);
        const saliency = Float32Array.from({ length: rows.length * dim }, () => stream.uniform());
        const bytesOf = (f: number, width: number) => boughtBytes(rows[f], width, dim);
        const wanted = inOrder(saliency, rows, 'saliency');
        const { widths, left, missed } = buyWidths({ start: rows.map(() => 0), wanted, bytes, bytesOf });
        expect(left).toBe(bytes - widths.reduce((sum, width, f) => sum + bytesOf(f, width), 0));
        expect(left).toBeGreaterThanOrEqual(0);
        for (const f of missed) expect(bytesOf(f, widths[f] + 1) - bytesOf(f, widths[f])).toBeGreaterThan(left); // prettier-ignore
        for (const f of rows.keys()) if (!missed.includes(f)) expect(widths[f]).toBe(dim);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the layer', () => {
  const stageOf = async (layer: Parameters<typeof sseds.plan>[0], saliency: Float32Array, options = {}) => {
    const plan = feasiblePlan(sseds, layer, options);
    return plan.next!(trainedTo([[plan.weights![0], saliency]]));
  };

  test('has the widths that were found, the most frequent ids of a field one more, and a network as new', async () => {
    const layer = layerAt(zipfFields([1000, 50, 400]), 16, 4);
    const saliency = new Float32Array(48);
    saliency.set([9, -8, 3], 0); // 1000 ids
    saliency.set([7, 1, 1, 1, 1, 1, 1, 1], 16); // 50 ids
    saliency.set([-6, 5, 4, 2], 32); // 400 ids
    const { plan, network, contents } = await stageOf(layer, saliency);
    // Coordinates of all fields take 23,200 bytes: 4,128 for one of the first field with its part of a matrix, 328 and 1,728 for the others.
    // 9, 8: 8,256; 7: 8,520; 6, 5, 4: 13,512... 3: 17,640; 2: 19,304; 1: all of the second field, 3,200 instead of 264.
    const widths = plan.choices.widths as number[][];
    expect(widths.map((ofField) => ofField.at(-1))).toEqual([3, 16, 4]);
    expect(widths[0].length + widths[1].length + widths[2].length).toBe(4); // one of them is cut
    expect(sizeOf(plan).servingBytes).toBe(layer.budget - (layer.budget % 4));
    expect([network, contents]).toEqual(['fresh', undefined]);
  });

  test('gives fields without a coordinate zeros, and asks for no keys of theirs', async () => {
    const layer = { ...layerAt(zipfFields([1000, 5]), 16, 50) };
    const saliency = Float32Array.from({ length: 32 }, (_, at) => (at < 16 ? 0 : -1));
    const { plan } = await stageOf(layer, saliency);
    expect(plan.choices.widths).toEqual([[1, 0], [16]]);
    // 1,286 bytes: 320 for five rows, 64 for a matrix, 225 floats.
    expect(sizeOf(plan).parameters).toBe(80 + 16 + 225);
    expect(keysOf(plan, layer.fields)).toBe(5 + 225);
    expect(keysOf(feasiblePlan(sseds, layer), layer.fields)).toBeGreaterThanOrEqual(230);
  });

  test('is not cut where ids are not in the order of their counts', async () => {
    const [large, small] = zipfFields([1000, 5]);
    const layer = layerAt([{ ...large, counts: large.counts.slice().reverse() }, small], 16, 50);
    const { plan } = await stageOf(
      layer,
      Float32Array.from({ length: 32 }, (_, at) => (at < 16 ? 0 : -1)),
    );
    expect(plan.choices.widths).toEqual([[0], [16]]);
  });

  test.each([2, 4, 16, 64, 256])('fits on Kaggle at %ix and spends nearly all', async (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const stream = random(ratio);
    const saliency = Float32Array.from({ length: 26 * 16 }, () => stream.normal());
    for (const order of ['saliency', 'per-byte']) {
      const { plan } = await stageOf(layer, saliency, { order });
      expect(sizeOf(plan).servingBytes).toBeLessThanOrEqual(layer.budget);
      expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.999 * layer.budget);
    }
  });

  test('takes one coordinate of the smallest field at least: 3 rows of the model on Kaggle, 19 floats with a matrix', () => {
    expect(Math.min(...kaggleCardinalities)).toBe(3);
    const at = (budget: number) => sseds.plan({ fields: kaggleFields, dim: 16, budget, seed: 1 }, sseds.options.parse({})); // prettier-ignore
    expect(at(4 * 19 - 1)).toMatchObject({ smallestBytes: 4 * 19 });
    expect(isInfeasible(at(4 * 19))).toBe(false);
  });

  test.each([3, 10, 40])(
    'takes no more matrices than promised, so that it fits with rows in 4 bits too (%ix)',
    async (ratio) => {
      const layer = layerAt(zipfFields([30, 60, 20, 25, 4]), 8, ratio);
      const promised = feasiblePlan(sseds, layer).serving!.weights!.reduce((sum, { shape }) => sum + shape[0], 0); // prettier-ignore
      for (let seed = 0; seed < 30; seed++) {
        const stream = random(seed);
        const { plan } = await stageOf(
          layer,
          Float32Array.from({ length: 40 }, () => stream.normal() ** 3),
        );
        const floats = plan.weights!.reduce((sum, { shape: [members, width, dim] }) => sum + members * width * dim, 0); // prettier-ignore
        expect(floats).toBeLessThanOrEqual(promised);
      }
    },
  );

  test('is the full table where that fits', () => {
    const layer = layerAt(kaggleFields, 16, 1);
    const plan = feasiblePlan(sseds, layer);
    expect(sizeOf(plan)).toEqual(fullSize(layer));
    expect('next' in plan).toBe(false);
  });
});
