import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { learnedHash } from '../../methods/learned-hash/index.ts';
import { feasiblePlan, layerAt, uncountedFields, zipfFields } from '../layers.ts';
import { columnOf, nextStage, vectorsOf } from './untrained.ts';

const dim = 8;
const ids = 52;
/** Two clusters: the second row may take half of what the first leaves. */
const budget = 3 * dim * 4;
const everyId = columnOf(
  0,
  1,
  Array.from({ length: ids }, (_, id) => id),
);

let backend: OpenBackend;
beforeAll(async () => {
  backend = await cpu.open({});
});

/** Numbers of the rows of ids, in order of appearance, after the sketch has left them at `places` on a line. */
async function clustersOf(places: readonly number[], counts: readonly number[], options = {}) {
  const field = { ...zipfFields([ids])[0], counts: Uint32Array.from(counts) };
  const plan = feasiblePlan(learnedHash, { fields: [field], dim, budget, seed: 3 }, { keep: 0, ...options });
  const [sketch] = plan.tables;
  const left = new Float32Array(ids * sketch.width);
  places.forEach((place, id) => (left[id * sketch.width] = place));
  const stage = await nextStage(plan, backend, new Map([[sketch, left]]));
  const vectors = vectorsOf(stage, backend, everyId);
  const names = Array.from({ length: ids }, (_, id) => vectors.subarray(id * dim, (id + 1) * dim).join());
  return names.map((name) => [...new Set(names)].indexOf(name));
}

test('ids that the sketch left near one another share a row, wherever they stand in the field', async () => {
  const places = Array.from({ length: ids }, (_, id) => (id % 3 === 1 ? 5 : 0) + 0.01 * id);
  const clusters = await clustersOf(places, new Array<number>(ids).fill(1));
  expect(clusters).toEqual(places.map((_, id) => (id % 3 === 1 ? 1 : 0)));
});

describe('one id is frequent: 50 rare ones at 0, the frequent one at 1, a rare one at 3', () => {
  const places = [...new Array<number>(50).fill(0), 1, 3];
  const counts = [...new Array<number>(50).fill(1), 1000, 1];

  test('weighted, it does not share with the rare ones at 0: 4 of squared distance against 47.6', async () => {
    expect((await clustersOf(places, counts)).slice(50)).toEqual([1, 1]);
  });

  test('not weighted, it does: 0.98 against 2', async () => {
    expect((await clustersOf(places, counts, { weighted: false })).slice(50)).toEqual([0, 1]);
  });
});

test('the sketch takes its share of the epochs and is thrown away: rows and network start anew', async () => {
  const fields = zipfFields([300, 20]);
  const first = feasiblePlan(learnedHash, layerAt(fields, dim, 8), { share: 0.25, width: 3, keep: 30 });
  expect(first.training).toEqual({ name: 'sketch', share: 0.25 });
  expect(first.tables.map(({ width }) => width)).toEqual([3]);
  const stage = await nextStage(first, backend, undefined, { fields: 2 });
  expect(stage.network).toBe('fresh');
  for (const absent of ['contents', 'plan.next', 'plan.training']) expect(stage).not.toHaveProperty(absent);
  expect(sizeOf(stage.plan)).toEqual(sizeOf(first)); // what was promised
});

test('a sketch is never wider than the model', () => {
  const plan = feasiblePlan(learnedHash, layerAt(zipfFields([300]), 2, 8), { width: 4, keep: 0 });
  expect(plan.tables[0].width).toBe(2);
});

describe('on Kaggle', () => {
  // Bits of a field's codes are its own. Bytes are a map's: a byte or two less than field by field.
  test.each([
    [10, 216_080_440, { 2: 262_144, 3: 524_288, 15: 314_321 }],
    [50, 43_216_061, { 2: 256, 3: 4096, 9: 8192, 11: 512, 15: 1024, 20: 512, 23: 4557, 25: 8192 }],
    [
      100,
      21_608_018,
      { 2: 8, 3: 256, 6: 4096, 9: 2048, 11: 16, 14: 3424, 15: 64, 20: 32, 23: 2048, 25: 2048 },
    ],
    [400, 5_401_985, { 2: 1, 11: 1 }],
  ])('%i x takes %i bytes; clusters by field: %j', (ratio, bytes, expected) => {
    const plan = feasiblePlan(learnedHash, layerAt(kaggleFields, 16, ratio));
    const { clusters } = plan.choices as { clusters: number[] };
    expect(clusters).toMatchObject(Object.assign([...clusters], expected));
    expect(sizeOf(plan).servingBytes).toBe(bytes);
  });

  test.each([
    [2000, 1961, [0, 12, 8, 1]],
    [10_000, 9957, [0, 32, 32, 29]],
    [40_000, 39_984, [0, 0, 256, 172]],
  ])('%i bytes for 3, 100, 1000 and 5000 ids: %i of them, clusters %j', (budget, bytes, clusters) => {
    const layer = { fields: uncountedFields([3, 100, 1000, 5000]), dim: 16, budget, seed: 1 };
    const plan = feasiblePlan(learnedHash, layer);
    expect(plan.choices.clusters).toEqual(clusters);
    expect(sizeOf(plan).servingBytes).toBe(bytes);
  });

  test('goes down to a row per field', () => {
    const bytes = 4 * 16 * 26;
    const planOf = (budget: number) =>
      learnedHash.plan({ ...layerAt(kaggleFields, 16, 1), budget }, learnedHash.options.parse({}));
    expect(isInfeasible(planOf(bytes))).toBe(false);
    const less = planOf(bytes - 1);
    expect(isInfeasible(less) && less.smallestBytes).toBe(bytes);
  });
});
