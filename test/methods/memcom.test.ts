import { expect, test } from 'vitest';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { memcom } from '../../methods/memcom.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { embedded } from './embedded.ts';
import { everyId, lookupsOf } from './lookups.ts';

test.each([
  [{}, 187],
  [{ shift: true }, 125],
])('%o: numbers of each id, and rows of what is left', (options, rows) => {
  const plan = feasiblePlan(memcom, layerAt(uncountedFields([1000]), 16, 4), options);
  expect(plan.choices).toEqual({ buckets: [rows] }); // (4000 - 1000) / 16, (4000 - 2000) / 16
  expect(sizeOf(plan).parameters).toBe(rows * 16 + ('shift' in options ? 2000 : 1000));
});

test('a float per id is its floor: on Criteo Kaggle at dim 16 there is nothing beyond 16x', () => {
  const at = (ratio: number) => memcom.plan(layerAt(kaggleFields, 16, ratio), memcom.options.parse({}));
  expect(isInfeasible(at(15.9))).toBe(false);
  const beyond = at(16.1);
  expect(isInfeasible(beyond) && beyond.smallestBytes).toBe(4 * (33_762_577 + 26 * 16));
});

test('ids that share a row start alike, and are its multiples', async () => {
  const n = 1000;
  const plan = feasiblePlan(memcom, layerAt(uncountedFields([n]), 4, 2), { keep: 0 });
  const [m] = plan.choices.buckets as number[];
  const [shared, scales] = lookupsOf(plan, everyId(n), 1);
  expect(shared.indices).toEqual(everyId(n).map((id) => id % m));
  expect(scales.indices).toEqual(everyId(n));
  const { vectors, tables } = await embedded(plan, everyId(n));
  expect(tables[1]).toEqual(new Float32Array(n).fill(1));
  vectors.forEach((x, i) => expect(x).toBe(tables[0][4 * (Math.floor(i / 4) % m) + (i % 4)]));
});
