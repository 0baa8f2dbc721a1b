import * as tf from '../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible, type Layer } from '../../harness/contract/method.ts';
import { keysOf } from '../../harness/contract/keys.ts';
import { sizeOf, tableRows } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { topK } from '../../base/top-k.ts';
import { random } from '../../base/random.ts';
import { chunkNorms, chunkShape, isKept, keepBest, maskChunks, wordsOf } from '../../methods/fiited/chunk-mask.ts'; // prettier-ignore
import { fiited } from '../../methods/fiited/index.ts';
import { DecayedUtilities, keptShare } from '../../methods/fiited/utilities.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { nextStage, update, vectorsOf } from './train-steps.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

describe('utilities', () => {
  test('decay, and grow by lookups times gradients', () => {
    const utilities = new DecayedUtilities(new Float32Array(1), 0.9);
    const found = [[2, 0.5], [0, 0], [1, 0.3], [3, 0.1]].map(([lookups, gradient]) => {
      utilities.next();
      utilities.add(0, lookups * gradient);
      return utilities.utility(0);
    }); // prettier-ignore
    [1, 0.9, 1.11, 1.299].forEach((expected, i) => expect(found[i]).toBeCloseTo(expected, 6));
  });

  test('stay floats however many steps there are', () => {
    const utilities = new DecayedUtilities(new Float32Array(2), 0.9);
    for (let step = 0; step < 3000; step++) {
      utilities.next();
      utilities.add(0, 1);
      if (step === 0) utilities.add(1, 1);
    }
    expect(utilities.utility(0)).toBeCloseTo(10, 4); // 1 / (1 - .9)
    expect(utilities.utility(1)).toBe(0);
  });

  test('the kept share falls along a line or by the cube', () => {
    const at = [0.2, 0.35, 0.5, 0.65, 0.8].map((t) => (t - 0.2) / 0.6);
    const along = (form: 'linear' | 'cubic') => at.map((x) => keptShare(x, 0.1, form));
    [1, 0.775, 0.55, 0.325, 0.1].forEach((x, i) => expect(along('linear')[i]).toBeCloseTo(x, 9));
    [1, 0.4796875, 0.2125, 0.1140625, 0.1].forEach((x, i) => expect(along('cubic')[i]).toBeCloseTo(x, 9));
  });
});

describe('chunks', () => {
  test('of highest utility are kept, of equal ones the first, and those that come back are told', () => {
    const utilities = Float32Array.of(5, 1, 0.5, 0.1, 0.4, 0.3, 0.2, 0.2, 9, 8, 0.05, 0.01);
    const words = Uint32Array.of(0xffffffff);
    const kept = () => [...utilities.keys()].filter((chunk) => isKept(words, chunk) === 1);
    expect(keepBest(words, utilities, 6)).toEqual([]);
    expect(kept()).toEqual([0, 1, 2, 4, 8, 9]);
    utilities[11] = 7;
    expect(keepBest(words, utilities, 6)).toEqual([11]);
    expect(kept()).toEqual([0, 1, 2, 8, 9, 11]);
    keepBest(words, new Float32Array(12), 3);
    expect(kept()).toEqual([0, 1, 2]);
  });

  test('are as many as asked for, the last one shorter where it has to be', () => {
    expect(chunkShape(16, 4)).toEqual({ parts: 4, width: 4 });
    expect(chunkShape(8, 3)).toEqual({ parts: 3, width: 3 });
    expect(chunkShape(10, 4)).toEqual({ parts: 4, width: 3 });
    expect(chunkShape(9, 8)).toEqual({ parts: 5, width: 2 });
    expect(wordsOf(33)).toBe(2);
  });

  test.each([2, 3])(
    'are cut out of vectors of 5 floats (%i parts); gradients of what is out are told',
    (parts) => {
      const shape = chunkShape(5, parts);
      const x = tf.tensor3d(Float32Array.from({ length: 20 }, (_, i) => i + 1), [2, 2, 5]); // prettier-ignore
      const bits = Float32Array.from({ length: 4 * parts }, (_, i) => i % 3 === 0 ? 0 : 1); // prettier-ignore
      const slopes = tf.tensor3d(Float32Array.from({ length: 20 }, (_, i) => 2 - i), [2, 2, 5]); // prettier-ignore
      const bitOf = (at: number) => bits[Math.floor(at / 5) * parts + Math.floor((at % 5) / shape.width)];
      const masked = (x: tf.Tensor) => maskChunks(x as tf.Tensor3D, tf.tensor2d(bits, [2, 2 * parts]), shape);
      masked(x).dataSync().forEach((y, at) => expect(y).toBe(bitOf(at) * (at + 1))); // prettier-ignore
      const gradient = tf
        .grad((x) => tf.sum(tf.mul(masked(x), slopes)))(x)
        .dataSync();
      expect([...gradient]).toEqual([...slopes.dataSync()]);
    },
  );

  test('have norms, a shorter one too', () => {
    const norms = chunkNorms(tf.tensor2d([3, 4, 5, 0, 0, -2], [2, 3]), chunkShape(3, 2)).dataSync();
    expect([...norms]).toEqual([5, 5, 0, 2]);
  });
});

describe('training', () => {
  const fields = zipfFields([2, 6]);
  const layer: Layer = { ...layerAt(fields, 4, 1), budget: 52 };
  const options = { parts: 2, start: 0.002, end: 0.01, updates: 1000 };

  /** Steps of a thousand, of which chunks are pruned from 2 to 10, then an id that no step has looked up before. */
  const trained = async (steps: number) => {
    const plan = feasiblePlan(fiited, layer, options);
    const embedding = new Embedding(plan, backend, 'sgd', 1);
    const ids = Uint32Array.of(0, 1, 1, 2, 0, 1);
    for (let index = 0; index < steps; index++) {
      update(embedding, ids, 2, { index, slope: (at) => [0.1, 1, 0.2, 2, 0.1, 1][at], rate: 0.01 });
      await embedding.afterStep();
    }
    return { plan, embedding, kept: plan.maps![1].values };
  };
  const chunksOf = (kept: Uint32Array) => [...Array(16).keys()].filter((chunk) => isKept(kept, chunk) === 1);

  test('prunes step by step, and then stays', async () => {
    const { plan } = await trained(1);
    const [{ parts }] = plan.serving!.tables;
    expect(parts[0].rows).toBe(6); // 6 chunks of 2 floats, and a bit for each of 16 chunks in a word of 32
    const counts: number[] = [];
    for (const steps of [2, 4, 6, 8, 10, 12]) counts.push(chunksOf((await trained(steps)).kept).length);
    expect(counts[0]).toBe(16);
    counts.forEach((count, i) => expect(count).toBeLessThanOrEqual(counts[i - 1] ?? 16));
    expect(counts.slice(-2)).toEqual([6, 6]);
    // Looked up most, and with the largest gradients: ids 1 and 2 of the second field, numbers 3 and 4 of all.
    expect(chunksOf((await trained(12)).kept)).toEqual(expect.arrayContaining([6, 7, 8, 9]));
  });

  test('earns chunks the norms of the gradients of the summed loss: a short batch weighs no more by sample', async () => {
    const { plan } = await trained(1);
    const scaled = new Float32Array(plan.maps![0].values.buffer);
    // Three samples. The first id of the first field has two look-ups with a slope of .1, each of its chunks two floats.
    const ofFirst = (3 * 2 * 0.1 * Math.SQRT2) / 0.999;
    for (const chunk of [0, 1]) expect(scaled[chunk]).toBeCloseTo(ofFirst, 5);
    for (const chunk of [2, 3]) expect(scaled[chunk]).toBeCloseTo(ofFirst, 5); // .2, once
    expect(scaled[6]).toBeCloseTo((3 * 2 * 1 * Math.SQRT2) / 0.999, 5);
  });

  test('gives the vectors that are served in the end', async () => {
    const { embedding, kept } = await trained(12);
    const all = Uint32Array.of(0, 0, 1, 1, 0, 2, 1, 3, 0, 4, 1, 5);
    const before = vectorsOf(embedding, all, 2).map((x) => x + 0); // no negative zeros
    const { plan, contents, network } = await nextStage(embedding);
    expect(network).toBe('kept');
    const served = new Embedding(plan, backend, 'sgd', 1, contents);
    const after = vectorsOf(served, all, 2);
    expect(after).toEqual(before);
    expect(after.filter((x) => x !== 0)).toHaveLength(2 * 6 + 2 * 2 * ofFirstField(kept)); // its ids come three times each
    expect(keysOf(plan, fields)).toBeLessThanOrEqual(keysOf(feasiblePlan(fiited, layer, options), fields));
  });
  const ofFirstField = (kept: Uint32Array) => chunksOf(kept).filter((chunk) => chunk < 4).length;

  test('lets a chunk come back at zero, and leaves the rest of its row', async () => {
    const { plan, embedding, kept } = await trained(6);
    const out = [...Array(16).keys()].filter((chunk) => isKept(kept, chunk) === 0);
    expect(out.length).toBeGreaterThan(0);
    const { table, row } = { table: plan.tables[0], row: 7 }; // the last id of the second field, never looked up so far
    const [first, second] = [isKept(kept, 14), isKept(kept, 15)];
    expect([first, second]).toEqual([0, 0]);
    const vector = () => vectorsOf(embedding, Uint32Array.of(0, 5), 2).slice(4);
    expect(vector().every((x) => x === 0)).toBe(true);
    update(embedding, Uint32Array.of(0, 5), 2, { index: 6, slope: () => 100, rate: 0.01 });
    const unmasked = (await embedding.rowsOf(table).read(row, row + 1)).slice();
    await embedding.afterStep();
    expect([isKept(kept, 14), isKept(kept, 15)]).toEqual([1, 1]);
    expect(unmasked.some((x) => x !== 0)).toBe(true);
    expect(await embedding.rowsOf(table).read(row, row + 1)).toEqual(new Float32Array(4));
    expect(tableRows(table)).toBe(8);
  });

  test('begins anew with each training', async () => {
    const { plan, embedding, kept } = await trained(12);
    update(embedding, Uint32Array.of(0, 1), 2, { index: 0, slope: () => 0 });
    await embedding.afterStep();
    expect(chunksOf(kept)).toHaveLength(16);
    expect(plan.maps![0].values.every((x) => x === 0)).toBe(true);
  });
});

describe('the budget', () => {
  /** Bits of chunks, members before every 512 of them, and floats: METHODS-2, section 38, counts 32 bits for each of the former. */
  test.each([
    [16, 2, 252_164_246],
    [16, 10, 36_083_753],
    [4, 2, 66_404_130],
    [4, 10, 12_384_007],
    [1, 2, 16_811_224],
    [1, 10, 3_306_193],
  ])('buys chunks on Kaggle: %i parts at %ix, %i', (parts, ratio, chunks) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(fiited, layer, { parts });
    const [{ width, parts: [{ rows }] }] = plan.serving!.tables; // prettier-ignore
    expect(width).toBe(16 / parts);
    expect(rows).toBeGreaterThanOrEqual(chunks);
    expect(rows / chunks).toBeLessThan(1.01);
    expect(layer.budget - sizeOf(plan).servingBytes).toBeLessThan(4 * width + 64);
  });

  test('has one chunk at least', () => {
    const fields = zipfFields([3, 40]);
    const at = (budget: number) => fiited.plan({ fields, dim: 8, budget, seed: 1 }, fiited.options.parse({}));
    const least = at(0);
    if (!isInfeasible(least)) throw new Error('feasible');
    expect(least.smallestBytes).toBe(8 + 1); // two floats, and one of 172 numbers in 8 bits
    expect(isInfeasible(at(least.smallestBytes))).toBe(false);
  });
});

test('of many chunks, those that are kept are the highest, whatever was kept before', () => {
  const asked = fc.record({
    seed: fc.integer({ min: 0, max: 99 }),
    chunks: fc.integer({ min: 1, max: 100 }),
    count: fc.integer({ min: 1, max: 110 }),
  });
  fc.assert(
    fc.property(asked, ({ seed, chunks, count }) => {
      const stream = random(seed);
      const utilities = Float32Array.from({ length: chunks }, () =>
        Math.abs(Math.round(9 * stream.normal())),
      );
      const words = Uint32Array.from({ length: wordsOf(chunks) }, () => stream.next());
      const before = [...Array(chunks).keys()].filter((chunk) => isKept(words, chunk) === 1);
      const returned = keepBest(words, utilities, count);
      const best = [...topK(utilities, count)];
      expect([...Array(32 * words.length).keys()].filter((chunk) => isKept(words, chunk) === 1)).toEqual(
        best,
      );
      expect(returned).toEqual(best.filter((chunk) => !before.includes(chunk)));
    }),
  );
});
