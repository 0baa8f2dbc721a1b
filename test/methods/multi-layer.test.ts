import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { sizeOf, trainedFloats } from '../../harness/contract/size.ts';
import { lowRank } from '../../methods/low-rank.ts';
import { multiLayer } from '../../methods/multi-layer.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { allIds, dim, fields } from './small-layer.ts';
import { nextStage, vectorsOf } from './untrained.ts';

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

test.each([
  [2, {}],
  [4, {}],
  [4, { inner: 7, keep: 0 }],
  [7, {}],
])('serves what it has trained, multiplied out, %i x, %o', async (ratio, options) => {
  const plan = feasiblePlan(multiLayer, layerAt(fields, dim, ratio), options);
  const stage = await nextStage(plan, backend);
  expect(stage.network).toBe('kept');
  expect(stage.plan.training).toEqual({ share: 0 });
  expect('next' in stage.plan).toBe(false);
  expect(sizeOf(stage.plan)).toEqual(sizeOf(plan));
  const [trained, served] = [vectorsOf({ plan }, backend, allIds), vectorsOf(stage, backend, allIds)];
  expect(Math.max(...trained.map((x, at) => Math.abs(x - served[at])))).toBeLessThan(2e-6);
  expect(Math.max(...served)).toBeGreaterThan(0.1);
});

test('trains rows wider than it serves, and counts narrow ones: by hand', () => {
  // 1000 and 100 ids at dim 8, 2 x: ranks 4 and 3 (see low-rank).
  const layer = layerAt(uncountedFields([1000, 100]), 8, 2);
  const plan = feasiblePlan(multiLayer, layer, { keep: 0 });
  expect(sizeOf(plan).parameters).toBe(4 * (1000 + 8) + 3 * (100 + 8));
  expect(plan.tables.map(({ width }) => width)).toEqual([16, 12]);
  const matrices = 16 * 4 + 4 * 8 + 12 * 3 + 3 * 8;
  expect(trainedFloats(plan)).toBe(16 * 1000 + 12 * 100 + matrices);
});

test('fields that keep a row per id train just that', () => {
  const plan = feasiblePlan(multiLayer, layerAt(uncountedFields([1000, 10]), 8, 4));
  expect(plan.choices.ranks).toEqual([1, 8]);
  expect(plan.tables.map(({ width }) => width)).toEqual([4, 8]);
});

describe('on Kaggle', () => {
  test.each([2, 4, 15])('serves at %i x what low rank does', (ratio) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(multiLayer, layer);
    const other = feasiblePlan(lowRank, layer);
    expect(plan.choices.ranks).toEqual(other.choices.ranks);
    expect(sizeOf(plan)).toEqual(sizeOf(other));
  });
});
