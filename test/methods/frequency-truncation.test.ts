import * as tf from '../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { Field } from '../../harness/contract/data.ts';
import type { Plan } from '../../harness/contract/method.ts';
import { permutation } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { frequencyTruncation } from '../../methods/frequency-truncation.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';

const field = (counts: ArrayLike<number>): Field => ({
  name: 'C',
  cardinality: counts.length,
  counts: Uint32Array.from(counts),
});

/** The vector of every id of one field, as text. */
async function vectorsOf(plan: Plan, fields: readonly Field[], f: number): Promise<string[]> {
  const embedding = new Embedding(plan, await cpu.open({}), 'sgd', 1);
  const { cardinality } = fields[f];
  const ids = new Uint32Array(cardinality * fields.length);
  for (let id = 0; id < cardinality; id++) ids[id * fields.length + f] = id;
  const all = tf.tidy(() => embedding.embed(ids, cardinality, fields.length).arraySync());
  embedding.dispose();
  return all.map((ofRow) => ofRow[f].join());
}

test('keeps the most frequent ids of all fields, and one row for the others of each', async () => {
  const fields = [field([50, 1, 30, 2, 0]), field([1, 9, 8, 7])];
  // 6 rows of 4 floats: 4 ids and the shared rows; 3 bits for each of two kept ids of the first, 2 of the second field.
  const layer = { fields, dim: 4, budget: 6 * 16 + 2, seed: 1 };
  const plan = feasiblePlan(frequencyTruncation, layer);
  expect(plan.choices.kept).toEqual([2, 2]);
  const [first, second] = [await vectorsOf(plan, fields, 0), await vectorsOf(plan, fields, 1)];
  expect(new Set(first).size).toBe(3);
  expect([first[1], first[3], first[4]]).toEqual([first[1], first[1], first[1]]);
  expect(new Set(second).size).toBe(3);
  expect(second[0]).toBe(second[3]);
});

test('several shared rows are shared by hash', async () => {
  const fields = zipfFields([400]);
  const plan = feasiblePlan(frequencyTruncation, layerAt(fields, 4, 10), { oov: 8 });
  expect(plan.choices.kept).toEqual([32]);
  const vectors = await vectorsOf(plan, fields, 0);
  expect(new Set(vectors.slice(0, 32)).size).toBe(32);
  expect(new Set(vectors.slice(32)).size).toBe(8);
  expect(new Set(vectors).size).toBe(40);
});

test('a field whose others are as few as its shared rows keeps a row for each', () => {
  const plan = feasiblePlan(frequencyTruncation, layerAt([field([9, 8, 7]), field([1, 1])], 4, 5 / 4));
  expect(plan.choices.kept).toEqual([3, 0]); // not 2 and a shared row for the one that is left
});

describe('bytes', () => {
  test('are those of rows where ids are in the order of their counts', () => {
    const fields = zipfFields([3000, 500, 20]);
    const layer = layerAt(fields, 8, 16);
    const plan = feasiblePlan(frequencyTruncation, layer);
    const rows = Math.floor(layer.budget / 32);
    expect(sizeOf(plan).servingBytes).toBe(rows * 32);
    const kept = plan.choices.kept as number[];
    expect(kept[2]).toBe(20);
    expect(kept.reduce((sum, n) => sum + n, 0)).toBe(rows - 2);
  });

  test('of the kept ids are counted where they are not: 12 bits each of 3000', () => {
    const fields = [field(permutation(3000, 1))];
    const layer = layerAt(fields, 8, 16);
    const plan = feasiblePlan(frequencyTruncation, layer);
    const [kept] = plan.choices.kept as number[];
    const bytes = (kept: number) => 32 * (kept + 1) + Math.ceil((12 * kept) / 8);
    expect(sizeOf(plan).servingBytes).toBe(bytes(kept));
    expect(bytes(kept + 1)).toBeGreaterThan(layer.budget);
  });

  test("of Kaggle's layer are used up at any ratio, within seconds on a busy machine", () => {
    for (const ratio of [4, 64, 4096]) {
      const start = process.cpuUsage();
      const layer = layerAt(kaggleFields, 16, ratio);
      const plan = feasiblePlan(frequencyTruncation, layer);
      expect(process.cpuUsage(start).user / 1e6).toBeLessThan(4);
      expect(sizeOf(plan).servingBytes).toBeLessThanOrEqual(layer.budget);
      expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.99 * layer.budget);
    }
  });
});
