import * as tf from '../../tensors/index.ts';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { initialFloats } from '../../harness/embedding/initial-rows.ts';
import { dlrm } from '../../harness/models/dlrm.ts';
import { autoSrh, boxed } from '../../methods/auto-srh/index.ts';
import { frequencyGroups } from '../../methods/auto-srh/frequency-groups.ts';
import { runStages } from '../../harness/training/stages/run-stages.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { smallData } from '../small-data.ts';
import { contentsOf, trainedTo } from './trained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

const field = (counts: number[]) => ({
  name: 'C',
  cardinality: counts.length,
  counts: Uint32Array.from(counts),
});

describe('groups of ids', () => {
  test('have like shares of all lookups, over all fields; like counts are not parted', () => {
    // Counts in falling order are 8 4 2 2 1 1 1 1 0: 20 lookups, cut where 10 and 15 come before.
    const map = frequencyGroups([field([1, 8, 0, 2]), field([4, 2, 1, 1, 1])], 4);
    expect([...map.values]).toEqual([3, 0, 3, 2, 1, 2, 3, 3, 3]);
    expect([map.length, map.bits]).toEqual([9, 2]);
  });

  test('are one where there are no counts', () => {
    expect([...frequencyGroups([field([0, 0, 0])], 6).values]).toEqual([5, 5, 5]);
  });
});

describe('the weights', () => {
  const gradient = (a: number[], dy: number[], trained = true) => {
    const shape: [number, number] = [1, a.length];
    const slopes = tf.tensor2d(dy, shape);
    const f = (x: tf.Tensor) => tf.sum(tf.mul(boxed(x as tf.Tensor2D, trained), slopes));
    return [...tf.grad(f)(tf.tensor2d(a, shape)).dataSync()].map((x) => x + 0); // -0 becomes 0
  };

  test('are within 0 and 1', () => {
    expect([...boxed(tf.tensor2d([[-0.5, 0.25, 1.5]]), true).dataSync()]).toEqual([0, 0.25, 1]);
  });

  test('move by the rate on average, whatever the scale of the gradient', () => {
    for (const scale of [1, 1e-6]) {
      const found = gradient([0.5, 0.5, 0.5, 0.5], [2 * scale, -2 * scale, 0, 4 * scale]);
      [1, -1, 0, 2].forEach((expected, i) => expect(found[i]).toBeCloseTo(expected, 4));
    }
  });

  test('do not leave the box, and come back into it', () => {
    expect(gradient([1, 1, 0, 0], [1, -1, 1, -1])).toEqual([1, 0, 0, -1]); // a step goes against its gradient
  });

  test('stand still in the warm-up', () => {
    expect(gradient([0.5, 0.5], [1, -1], false)).toEqual([0, 0]);
  });
});

const data = smallData();
const layer = layerAt(data.fields, 4, 6);

test('the smallest products of all groups go before the last training', async () => {
  for (const finish of ['retrain', 'fine-tune']) {
    const plan = feasiblePlan(autoSrh, layer, { finish, groups: 3 });
    const [table, selection, groups] = [plan.tables[0], plan.weights![0], plan.maps![0]];
    const values = Float32Array.from({ length: 972 }, (_, i) => 1 + (i % 97) / 97);
    // Group 0 is not wanted, the others in some coordinates more than in others.
    const weights = Float32Array.of(0, -0.1, 0, 0, 1, 0.5, 0.1, 1.2, 0.9, 0.3, 0.2, 1);
    const stage = (await plan.next!(trainedTo([[table, values], [selection, weights]]))); // prettier-ignore
    const left = sizeOf(plan).parameters;
    const products = values.map((x, at) => {
      const a = weights[groups.values[Math.floor(at / 4)] * 4 + (at % 4)];
      return x * Math.min(1, Math.max(0, a));
    });
    const kept = contentsOf(stage);
    expect(kept.filter((x) => x !== 0).length).toBe(left);
    const least = Math.min(...products.filter((_, i) => kept[i] !== 0));
    products.forEach((x, i) => kept[i] !== 0 || expect(x).toBeLessThanOrEqual(least));
    const source = finish === 'retrain' ? initialFloats(table, 1) : products;
    kept.forEach((x, i) => x === 0 || expect(x).toBe(source[i]));
    expect(stage.network).toBe(finish === 'retrain' ? 'fresh' : 'kept');
    expect(stage.plan.training!.share).toBe(1);
    expect(stage.plan).not.toHaveProperty('next');
    expect(sizeOf(stage.plan)).toEqual(sizeOf(plan)); // neither weights nor groups are stored
  }
});

test.each([0, 1])('weights are learned on held-out batches after a warm-up of %i', async (warmUp) => {
  const first = feasiblePlan(autoSrh, layer, { warmUp });
  let learned: Float32Array | undefined;
  const watched = {
    ...first,
    async next(trained: Parameters<NonNullable<typeof first.next>>[0]) {
      learned = await trained.weight(first.weights![0]);
      return await first.next!(trained);
    },
  };
  const settings = {
    dim: 4, modelOptions: { bottom: [8], top: [8] }, optimizer: 'adagrad', learningRate: 0.05,
    batchSize: 20, epochs: 1, order: 'shuffled', seed: 3,
  } as const; // prettier-ignore
  const { trainer } = await runStages(data, watched, dlrm, backend, settings);
  trainer.dispose();
  if (warmUp === 1) expect(learned!.every((a) => a === 1)).toBe(true);
  else {
    expect(learned!.some((a) => a < 0.98)).toBe(true); // 4 steps of .01 on average
    expect(learned!.every((a) => a > 0.7 && a < 1.05)).toBe(true);
  }
});
