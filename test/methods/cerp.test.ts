import * as tf from '../../tensors/index.ts';
import { describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { tableRows } from '../../harness/contract/size.ts';
import { cerp } from '../../methods/cerp/index.ts';
import { softThreshold } from '../../methods/shared/pruning/soft-threshold.ts';
import { bucketPairs } from '../../methods/cerp/bucket-pairs.ts';
import { initialFloats } from '../../harness/embedding/initial-rows.ts';
import { normals } from '../backends/native/numbers.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { everyId, lookupsOf } from './lookups.ts';
import { trainedTo } from './trained.ts';

const fields = zipfFields([1000, 50]);

test('shrinking has the derivative of a finite difference, away from its kinks', async () => {
  await cpu.open({});
  const values = normals(60, 1).filter((x) => Math.abs(Math.abs(x) - 0.5) > 0.05 && Math.abs(x) > 0.05);
  const x = tf.tensor3d(values, [1, 1, values.length]);
  const at = (limit: number) => softThreshold(x, tf.fill([1, 1, 1], limit)).dataSync();
  const found = tf
    .grad((x) => softThreshold(x as tf.Tensor3D, tf.fill([1, 1, 1], 0.5)))(x)
    .dataSync();
  const byLimit = tf
    .grad((limit) => tf.sum(softThreshold(x, limit)))(tf.fill([1, 1, 1], 0.5))
    .dataSync()[0];
  const [up, down] = [at(0.51), at(0.49)];
  let expected = 0;
  values.forEach((value, i) => {
    expect(found[i]).toBe(Math.abs(value) > 0.5 ? 1 : 0);
    expect(at(0.5)[i]).toBeCloseTo(Math.sign(value) * Math.max(0, Math.abs(value) - 0.5), 6);
    expected += (up[i] - down[i]) / 0.02;
  });
  expect(byLimit).toBeCloseTo(expected, 3);
});

describe('pairs of buckets', () => {
  test('tell all ids of a field apart where there are as many pairs', () => {
    const pairs = bucketPairs(fields, [false, true], 50 + 100);
    expect(pairs.buckets).toEqual([50]);
    expect(pairs.parts.map(({ rows }) => rows)).toEqual([50, 50, 50]);
    const plan = feasiblePlan(cerp, layerAt(fields, 8, 8));
    const ids = Uint32Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? i >> 1 : 3));
    const [quotients, remainders] = lookupsOf(plan, ids, 2).filter(({ table, columns }) => table.width === 8 && columns === 1).slice(-2); // prettier-ignore
    const seen = new Set(everyId(1000).map((id) => quotients.indices[id] * 1e5 + remainders.indices[id]));
    expect(seen.size).toBe(1000);
  });
});

describe('what is retrained', () => {
  const layer = layerAt(fields, 8, 8);
  const plan = feasiblePlan(cerp, layer);
  const [table, thresholds] = plan.tables;
  const floats = 8 * tableRows(table);

  test('are the floats largest above their thresholds, from where they started', async () => {
    const learned = normals(floats, 3);
    const stage = await plan.next!(trainedTo([[table, learned]]));
    const [served] = stage.plan.tables;
    const kept = stage.contents!.get(served)!;
    const start = initialFloats(table, 1);
    const places = [...kept.keys()].filter((at) => kept[at] !== 0);
    const { stored } = served;
    expect(stored?.kind === 'sparse' && stored.nonZeros).toBe(places.length);
    for (const at of places) expect(kept[at]).toBe(start[at]);
    expect(stage.network).toBe('fresh');
    const least = Math.min(...places.map((at) => Math.abs(learned[at])));
    const dropped = [...kept.keys()].filter((at) => kept[at] === 0);
    // Thresholds are alike but for the fields' ranges, which are small beside these numbers.
    expect(Math.max(...dropped.map((at) => Math.abs(learned[at])))).toBeLessThan(least + 0.1);
  });

  test('leave out rows whose threshold has risen', async () => {
    const learned = normals(floats, 3);
    const limits = initialFloats(thresholds, 1);
    limits.fill(20, 0, 20); // sigmoid(20) is 1: the initial range
    const small = learned.map((x) => x / 100);
    const [before, after] = await Promise.all(
      [[], [[thresholds, limits] as const]].map(async (more) => {
        const { contents, plan: next } = await plan.next!(trainedTo([[table, small], ...more]));
        return contents!
          .get(next.tables[0])!
          .subarray(0, 160)
          .filter((x) => x !== 0).length;
      }),
    );
    expect(after).toBeLessThan(before);
  });
});
