import { describe, expect, test } from 'vitest';
import * as tf from '../../tensors/index.ts';
import { valuesOf } from '../../harness/contract/indices.ts';
import { HostIndices } from '../../harness/embedding/host-indices.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { bloom } from '../../methods/bloom.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { embedded } from './embedded.ts';
import { everyId, lookupsOf } from './lookups.ts';

test.each([4, 16, 64, 1000])(
  'one table of budget / 4d rows on Criteo Kaggle at %ix, however many hashes',
  (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    for (const options of [{}, { hashes: 2 }, { partitioned: true }, { shared: 'all' }])
      expect(sizeOf(feasiblePlan(bloom, layer, options)).servingBytes).toBeGreaterThan(0.99 * layer.budget);
  },
);

test.each([{}, { signs: true }])('a vector is the sum of its rows, %o', async (options) => {
  const [n, dim] = [400, 4];
  const plan = feasiblePlan(bloom, layerAt(uncountedFields([n]), dim, 8), { hashes: 3, ...options });
  const [{ indices }] = lookupsOf(plan, everyId(n), 1);
  const { vectors, tables } = await embedded(plan, everyId(n));
  const signings = 'signs' in options ? [...Array(8).keys()] : [0];
  const seen = new Set<number>();
  for (let id = 0; id < n; id++) {
    const fits = (signing: number) =>
      [0, 1, 2, 3].every((k) => {
        const terms = [0, 1, 2].map(
          (t) => (signing & (1 << t) ? -1 : 1) * tables[0][dim * indices[3 * id + t] + k],
        );
        return Math.abs(vectors[dim * id + k] - terms[0] - terms[1] - terms[2]) < 1e-6;
      });
    const signing = signings.find(fits);
    expect(signing).toBeDefined();
    seen.add(signing!);
  }
  expect(seen.size).toBe(signings.length); // all eight combinations of three signs occur
});

test('every hash has rows of its own where they are partitioned', () => {
  const plan = feasiblePlan(bloom, layerAt(uncountedFields([4000, 1000]), 8, 10), { partitioned: true });
  expect(plan.choices.rows).toEqual([99, 99, 99, 99, 25, 25, 25, 25]);
  const ids = Uint32Array.from({ length: 2000 }, (_, i) => i >> 1);
  const [{ indices }] = lookupsOf(plan, ids, 2);
  indices.forEach((row, i) => {
    const [part, rows] = i % 8 < 4 ? [i % 8, 99] : [(i % 8) - 4, 25];
    const first = i % 8 < 4 ? 99 * part : 4 * 99 + 25 * part;
    expect(row).toBeGreaterThanOrEqual(first);
    expect(row).toBeLessThan(first + rows);
  });
});

test('fields that share all rows hash apart', () => {
  const plan = feasiblePlan(bloom, layerAt(uncountedFields([4000, 4000]), 8, 10), {
    shared: 'all',
    hashes: 1,
  });
  expect(plan.choices.rows).toEqual([800]);
  const [{ indices }] = lookupsOf(
    plan,
    Uint32Array.from({ length: 8000 }, (_, i) => i >> 1),
    2,
  );
  let same = 0;
  for (let id = 0; id < 4000; id++) same += Number(indices[2 * id] === indices[2 * id + 1]);
  expect(same).toBeLessThan(20); // 4000 / 800 by chance
});

describe('with numbers that scale (Mem-Rec)', () => {
  const memRec = { weights: 0.1, shared: 'all', keep: 0 };

  test.each([
    [10, 5_402_012, 3_038_631, 216_080_432],
    [100, 540_201, 303_863, undefined],
    [1000, 54_020, 30_386, undefined],
    [10_000, 5_402, 3_038, 216_040],
  ])('at %ix on Criteo Kaggle: %i numbers, %i rows', (ratio, numbers, rows, bytes) => {
    const plan = feasiblePlan(bloom, layerAt(kaggleFields, 16, ratio), memRec);
    expect(plan.choices).toEqual({ weights: [numbers], rows: [rows] });
    if (bytes !== undefined) expect(sizeOf(plan).servingBytes).toBe(bytes);
  });

  test('a vector is the mean of its rows times the mean of its numbers, found by other hashes', () => {
    const plan = feasiblePlan(bloom, layerAt(uncountedFields([1000]), 2, 8), { ...memRec, hashes: 2 });
    const [table] = plan.tables;
    const places: Uint32Array[] = [];
    const vectors = tf.tidy(() =>
      plan
        .embed({
          ids: new HostIndices(Uint32Array.of(7), 1, 1),
          rows(of, indices) {
            places.push(valuesOf(indices));
            return of === table ? tf.tensor3d([3, 4, 7, 8], [1, 2, 2]) : tf.tensor3d([0.5, 2], [1, 2, 1]);
          },
          weight: () => expect.fail(),
          compute: () => expect.fail(),
          penalize: () => undefined,
        })
        .dataSync(),
    );
    expect([...vectors]).toEqual([6.25, 7.5]);
    expect(places[0]).not.toEqual(places[1]);
  });
});
