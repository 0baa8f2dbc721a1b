import { describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import type { Field } from '../../harness/contract/data.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { robe } from '../../methods/robe.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields, zipfFields } from '../layers.ts';
import { embedded } from './embedded.ts';
import { everyId, lookupsOf } from './lookups.ts';

test.each([4, 64, 1000, 100_000])('a memory of budget / 4 floats on Criteo Kaggle at %ix', (ratio) => {
  const layer = layerAt(kaggleFields, 16, ratio);
  const [small] = [206 * 16]; // rows of fields with at most 200 ids
  for (const block of [1, 4, 32]) {
    const { choices, ...plan } = feasiblePlan(robe, layer, { block });
    if (ratio < 100_000) expect(choices.floats).toEqual([Math.floor(layer.budget / 4) - small]);
    expect(sizeOf({ ...plan }).servingBytes).toBeGreaterThan(layer.budget - 64);
  }
});

const [n, dim] = [3000, 8];
const planOf = (options = {}) => feasiblePlan(robe, layerAt(uncountedFields([n]), dim, 100), options);
const floats = 240;

describe('blocks', () => {
  test.each([
    [1, 8],
    [3, 3],
    [4, 2],
    [8, 1],
    [32, 1],
  ])('of %i coordinates: %i lookups for a vector of 8', (block, blocks) => {
    const plan = planOf({ block });
    const [{ table, columns }] = lookupsOf(plan, everyId(n), 1);
    expect(columns).toBe(blocks);
    expect([table.width, table.stride]).toEqual([Math.min(block, 8), 1]);
    expect(sizeOf(plan).parameters).toBe(floats);
  });

  test.each([3, 8])('of %i are consecutive floats from where the hash says', async (block) => {
    const plan = planOf({ block });
    const [{ indices, columns }] = lookupsOf(plan, everyId(n), 1);
    const { vectors, tables } = await embedded(plan, everyId(n));
    const { width } = plan.tables[0];
    const memory = (at: number) =>
      tables[0][at < floats - width ? at * width : (floats - width) * width + at - floats + width];
    for (let id = 0; id < n; id++)
      for (let j = 0; j < dim; j++) {
        const start = indices[id * columns + Math.floor(j / width)];
        expect(start + width).toBeLessThanOrEqual(floats);
        expect(vectors[id * dim + j]).toBe(memory(start + (j % width)));
      }
  });

  test('start anywhere within, so that the ends of the memory are read less; not where they go round', () => {
    const reads = (options: Record<string, unknown>) => {
      const plan = planOf({ block: 4, ...options });
      const [{ indices, table }] = lookupsOf(plan, everyId(n), 1);
      const counts = new Array<number>(floats).fill(0);
      for (const start of indices) for (let k = 0; k < table.width; k++) counts[start + k]++;
      return counts; // 24,000 of 240: 100 each, +- 20 by chance, as blocks come four at a time
    };
    const ends = (counts: number[]) => [counts[0], counts[floats - 1]];
    for (const count of ends(reads({}))) expect(count).toBeLessThan(45); // a quarter
    for (const count of ends(reads({ circular: true }))) expect(count).toBeGreaterThan(60);
    const middle = reads({}).slice(3, -3);
    expect(Math.min(...middle)).toBeGreaterThan(40);
  });

  test('that go round are consecutive, too', () => {
    const [{ indices, columns }] = lookupsOf(planOf({ block: 4, circular: true }), everyId(n), 1);
    expect(columns).toBe(8);
    indices.forEach((at, i) => {
      if (i % 4 > 0) expect(at).toBe((indices[i - 1] + 1) % floats);
    });
  });

  test('have one sign each', async () => {
    const plan = planOf({ block: 4, signs: true });
    const [signed, plain] = await Promise.all(
      [plan, planOf({ block: 4 })].map((p) => embedded(p, everyId(n))),
    );
    let negative = 0;
    for (let block = 0; block < 2 * n; block++) {
      const ratios = [0, 1, 2, 3].map((k) => signed.vectors[4 * block + k] / plain.vectors[4 * block + k]);
      expect(new Set(ratios).size).toBe(1);
      expect(Math.abs(ratios[0])).toBe(1);
      negative += Number(ratios[0] < 0);
    }
    expect(Math.abs(negative - n)).toBeLessThan(150); // half of 2n, four deviations of sqrt(n / 2)
  });
});

test('fields with memories of their own stay inside them', () => {
  const plan = feasiblePlan(robe, layerAt(uncountedFields([3000, 1000]), 8, 100), {
    shared: 'field',
    block: 4,
  });
  const [a, b] = plan.choices.floats as number[];
  expect(sizeOf(plan).parameters).toBe(a + b);
  const [{ indices }] = lookupsOf(
    plan,
    Uint32Array.from({ length: 2000 }, (_, i) => i >> 1),
    2,
  );
  indices.forEach((start, i) => {
    if (i % 4 < 2) expect(start).toBeLessThanOrEqual(a - 4);
    else expect(start >= a && start <= a + b - 4).toBe(true);
  });
});

describe('with rows of their own for the most frequent ids', () => {
  test.each([
    [50, 0.3],
    [100, 0.3],
    [100, 0.5],
    [1000, 0.5],
  ])('at %ix on Criteo Kaggle, a share of %f of the bytes', (ratio, hot) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(robe, layer, { hot, keep: 0 });
    const rows = (plan.choices.hot as number[]).reduce((sum, n) => sum + n, 0);
    // Kaggle's ids are in the order of their counts: nothing tells the hot ones.
    expect(rows).toBe(Math.floor((hot * layer.budget) / 64));
    expect(plan.choices.floats).toEqual([Math.floor((layer.budget - 64 * rows) / 4)]);
  });

  /** The numbers are of one list for all ids, 26 bits to a hot one; lists of fields take no more. */
  test('where ids are in no order, a list tells them', () => {
    const [ratio, hot, rows, floats] = [1000, 0.5, 16_065, 270_108];
    const layer = layerAt(kaggleFields.map(backwards), 16, ratio);
    const plan = feasiblePlan(robe, layer, { hot, keep: 0 });
    const taken = (plan.choices.hot as number[]).reduce((sum, n) => sum + n, 0);
    expect(taken).toBeGreaterThanOrEqual(rows);
    expect(taken).toBeLessThan(1.02 * rows);
    expect(Math.abs((plan.choices.floats as number[])[0] - floats)).toBeLessThan(0.001 * floats);
    expect(sizeOf(plan).servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(layer.budget - 8);
  });

  test('those ids read their row, all others the memory', async () => {
    const layer = layerAt(zipfFields([n]), dim, 20);
    const plan = feasiblePlan(robe, layer, { hot: 0.5, keep: 0 });
    const [hot] = plan.choices.hot as number[];
    const { vectors, tables } = await embedded(plan, everyId(n));
    expect(vectors.subarray(0, hot * dim)).toEqual(tables[0].subarray(0, hot * dim));
    const [own, memory] = lookupsOf(plan, everyId(n), 1);
    expect(own.table).toBe(plan.tables[0]);
    const asked = (indices: Uint32Array) => [...indices].flatMap((at, id) => (at === none ? [] : [id]));
    expect(asked(own.indices)).toEqual([...everyId(hot)]);
    expect(asked(memory.indices)).toEqual([...everyId(n)].slice(hot));
    // The others read what they read without hot rows in a memory of that size.
    const alone = feasiblePlan(robe, { ...layer, budget: layer.budget - 4 * dim * hot }, { keep: 0 });
    const [{ indices }] = lookupsOf(alone, everyId(n), 1);
    expect(memory.indices.subarray(hot)).toEqual(indices.subarray(hot));
  });
});

/** The same field with its most frequent ids at the end. */
function backwards(field: Field): Field {
  const counts = new Uint32Array(field.cardinality).fill(1);
  counts.fill(9, Math.floor(0.98 * field.cardinality));
  return { ...field, counts };
}
