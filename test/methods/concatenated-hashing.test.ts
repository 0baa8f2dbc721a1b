import { expect, test } from 'vitest';
import { sizeOf } from '../../harness/contract/size.ts';
import { concatenatedHashing } from '../../methods/concatenated-hashing.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { embedded } from './embedded.ts';
import { everyId, lookupsOf } from './lookups.ts';

test.each([4, 64, 1000])('chunks cost what rows would: the budget on Criteo Kaggle at %ix', (ratio) => {
  const layer = layerAt(kaggleFields, 16, ratio);
  for (const options of [{}, { chunks: 3 }, { shared: 'all' }])
    expect(sizeOf(feasiblePlan(concatenatedHashing, layer, options)).servingBytes).toBeGreaterThan(
      0.99 * layer.budget,
    );
});

test.each([
  [4, 8, [2, 2, 2, 2]],
  [3, 8, [3, 3, 2]],
  [5, 3, [1, 1, 1]],
])('%i chunks of a vector of %i: widths %j', async (chunks, dim, widths) => {
  const n = 1000;
  const plan = feasiblePlan(concatenatedHashing, layerAt(uncountedFields([n]), dim, 20), { chunks });
  expect(plan.choices.chunks).toEqual(widths);
  expect(sizeOf(plan).parameters).toBe(50 * dim);
  const lookUps = lookupsOf(plan, everyId(n), 1);
  const { vectors, tables } = await embedded(plan, everyId(n));
  for (let id = 0; id < n; id++) {
    const joined = lookUps.flatMap(({ indices, columns, table }, i) =>
      Array.from({ length: columns * table.width }, (_, k) => {
        const row = indices[id * columns + Math.floor(k / table.width)];
        return tables[i][row * table.width + (k % table.width)];
      }),
    );
    expect([...vectors.subarray(id * dim, (id + 1) * dim)]).toEqual(joined);
  }
});

test('every chunk has a hash and rows of its own', () => {
  const [n, rows] = [4000, 40];
  const plan = feasiblePlan(concatenatedHashing, layerAt(uncountedFields([n]), 8, 100), { chunks: 2 });
  const [{ indices }] = lookupsOf(plan, everyId(n), 1);
  const pairs = new Set<number>();
  for (let id = 0; id < n; id++) {
    expect(indices[2 * id]).toBeLessThan(rows);
    expect(indices[2 * id + 1]).toBeGreaterThanOrEqual(rows);
    pairs.add(indices[2 * id] * 2 * rows + indices[2 * id + 1]);
  }
  // 4000 ids leave 1600 e^-2.5 = 131 of 40 x 40 pairs out; with one hash for both there would be 40.
  expect(pairs.size).toBeGreaterThan(1420);
  expect(pairs.size).toBeLessThan(1520);
});
