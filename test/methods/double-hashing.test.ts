import { describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { permutation } from '../../base/random.ts';
import { sizeOf, tableRows } from '../../harness/contract/size.ts';
import { doubleHashing } from '../../methods/double-hashing.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((total, n) => total + n, 0);
const plan = (options = {}, fields = zipfFields([1000]), ratio = 4) =>
  feasiblePlan(doubleHashing, layerAt(fields, 8, ratio), options);

describe('what the budget turns into', () => {
  test.each(['sum', 'concat'])('half of the rows for hot ids, half for hashes: %s', (combine) => {
    const { choices, tables } = plan({ combine });
    expect(choices).toEqual({ hot: [125], buckets: [125] });
    expect(sizeOf({ tables }).parameters).toBe(250 * 8);
    expect(tables.map(({ width }) => width)).toEqual(combine === 'sum' ? [8, 8] : [8, 4, 4]);
  });

  test('all of them for hashes, or all but one for hot ids', () => {
    expect(plan({ hot: 0 }).choices).toEqual({ hot: [0], buckets: [250] });
    expect(plan({ hot: 1 }).choices).toEqual({ hot: [249], buckets: [1] });
  });

  test('hot ids pay for what tells them from others', () => {
    const counts = permutation(1000, 1);
    const unsorted = plan({}, [{ name: 'C', cardinality: 1000, counts }]);
    // 8000 bytes. A bit per id, in words, and 7 bits are 129; 120 x 32 + 129 = 3969 is within a half, and leaves 125 rows.
    expect(unsorted.choices).toEqual({ hot: [120], buckets: [125] });
    expect(sizeOf(unsorted).servingBytes).toBe((120 + 125) * 32 + 129);
    const [hot, cold] = lookupsOf(unsorted, everyId(1000), 1);
    counts.forEach((count, id) => {
      expect(hot.indices[id] !== none).toBe(count >= 1000 - 120);
      expect(cold.indices[2 * id] === none).toBe(count >= 1000 - 120);
    });
  });

  test('hot ids are those of all fields with the largest counts', () => {
    const { choices } = plan({ keep: 0 }, [
      { name: 'A', cardinality: 300, counts: new Uint32Array(300).fill(9) },
      { name: 'B', cardinality: 300, counts: new Uint32Array(300).fill(1).fill(50, 0, 20) },
    ]);
    // 150 rows, 75 of them hot, 20 of which come from B.
    expect(choices.hot).toEqual([55, 20]);
  });

  test.each([4, 16, 64, 1000])('nearly all of it on Criteo Kaggle at %ix, small fields whole', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const { choices, ...rest } = feasiblePlan(doubleHashing, layer);
    expect(sizeOf(rest).servingBytes).toBeGreaterThan(0.99 * layer.budget);
    const small = sum(kaggleFields.map(({ cardinality: n }) => (n <= 200 ? n : 0)));
    const rows = Math.floor(layer.budget / 64) - small;
    expect(sum(choices.hot as number[]) - small).toBe(Math.floor(rows / 2));
  });
});

test('two ids are alike only where both hashes are: of n ids and m rows, n^2 / m^2 pairs', () => {
  const alike = (options: Record<string, unknown>, buckets: number) => {
    const layer = { fields: uncountedFields([4000]), dim: 8, budget: buckets * 32, seed: 3 };
    const [{ indices }] = lookupsOf(
      feasiblePlan(doubleHashing, layer, { hot: 0, ...options }),
      everyId(4000),
      1,
    );
    const ids = new Map<string, number>();
    for (let id = 0; id < 4000; id++) {
      const pair = [indices[2 * id], indices[2 * id + 1]].sort((a, b) => a - b).join();
      ids.set(pair, (ids.get(pair) ?? 0) + 1);
    }
    return sum([...ids.values()].map((n) => (n * (n - 1)) / 2));
  };
  // One hash would have n^2 / 2m = 40,000 such pairs. Of 400, chance takes or adds about 20.
  expect(alike({}, 200)).toBeGreaterThan(320);
  expect(alike({}, 200)).toBeLessThan(480);
});

test('each field has hashes of its own', () => {
  const layer = layerAt(uncountedFields([2000, 2000]), 8, 8);
  const { tables, choices, ...rest } = feasiblePlan(doubleHashing, layer, { hot: 0 });
  const [{ indices, table }] = lookupsOf(
    { tables, choices, ...rest },
    everyId(4000).map((k) => k >> 1),
    2,
  );
  const [buckets] = choices.buckets as number[];
  expect(tableRows(table)).toBe(2 * buckets);
  let same = 0;
  for (let id = 0; id < 2000; id++) same += Number(indices[4 * id] === indices[4 * id + 1] - buckets);
  expect(same).toBeLessThan(30); // 2000 / 250 by chance
});
