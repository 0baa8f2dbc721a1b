import { expect, test } from 'vitest';
import { sizeOf } from '../../harness/contract/size.ts';
import { hashedNets } from '../../methods/hashed-nets.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { embedded } from './embedded.ts';
import { everyId, lookupsOf } from './lookups.ts';

test.each([4, 64, 10_000])('a memory of budget / 4 floats on Criteo Kaggle at %ix', (ratio) => {
  const layer = layerAt(kaggleFields, 16, ratio);
  for (const shared of ['field', 'all']) {
    const plan = feasiblePlan(hashedNets, layer, { shared });
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(0.99 * layer.budget);
  }
});

const [n, dim] = [3000, 8];
const planOf = (options = {}) => feasiblePlan(hashedNets, layerAt(uncountedFields([n]), dim, 16), options);

test('all coordinates of all ids are hashed, each for itself', () => {
  const [{ indices, columns }] = lookupsOf(planOf(), everyId(n), 1);
  expect(columns).toBe(dim);
  // 24,000 in 1500 floats: 16 each, +- 4 by chance.
  const loads = new Array<number>(1500).fill(0);
  for (const at of indices) loads[at]++;
  const variance = loads.reduce((sum, load) => sum + (load - 16) ** 2, 0) / 1500;
  expect(variance).toBeGreaterThan(13);
  expect(variance).toBeLessThan(19);
  // Coordinates of two ids agree one by one: whole vectors that are alike would be a hash of the id alone.
  let same = 0;
  for (let id = 1; id < n; id++) {
    const agree = [...Array(dim).keys()].filter(
      (k) => indices[id * dim + k] === indices[(id - 1) * dim + k],
    ).length;
    expect(agree).toBeLessThan(3);
    same += agree;
  }
  expect(same).toBeLessThan(40); // 24,000 / 1500 = 16 by chance
});

test('signs are random, and those of one float differ', async () => {
  const plan = planOf();
  const [{ indices }] = lookupsOf(plan, everyId(n), 1);
  const { vectors, tables } = await embedded(plan, everyId(n));
  let positive = 0;
  const signs = new Map<number, Set<number>>();
  vectors.forEach((x, i) => {
    expect(Math.abs(x)).toBe(Math.abs(tables[0][indices[i]]));
    const sign = Math.sign(x / tables[0][indices[i]]);
    positive += Number(sign > 0);
    signs.set(indices[i], (signs.get(indices[i]) ?? new Set()).add(sign));
  });
  expect(Math.abs(positive / vectors.length - 0.5)).toBeLessThan(0.02);
  const both = [...signs.values()].filter((ofFloat) => ofFloat.size === 2).length;
  expect(both).toBeGreaterThan(1480); // but for 2 in 2^16 of the 1500

  const unsigned = await embedded(planOf({ signs: false }), everyId(n));
  unsigned.vectors.forEach((x, i) => expect(x).toBe(unsigned.tables[0][indices[i]]));
});
