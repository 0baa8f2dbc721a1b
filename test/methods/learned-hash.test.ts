import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { learnedHash } from '../../methods/learned-hash.ts';
import { kaggleCardinalities, kaggleFields } from '../../suites/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
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

/** Which of the ids share a row after the sketch has left them at `places` on a line: numbers in order of appearance. */
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
  // At 4x it is at the most clusters that it tries, 65,536 of a field: k-means of more would take days.
  test.each([
    [4, 0.12],
    [16, 0.5],
    [64, 0.5],
    [256, 0.5],
  ])('%i x: rows of clusters and whole fields, and the code of every clustered id', (ratio, used) => {
    const layer = layerAt(kaggleFields, 16, ratio);
    const plan = feasiblePlan(learnedHash, layer);
    const { clusters } = plan.choices as { clusters: number[] };
    const bits = Math.ceil(Math.log2(Math.max(...clusters)));
    let [rows, coded] = [0, 0];
    kaggleCardinalities.forEach((cardinality, f) => {
      rows += clusters[f] === 0 ? cardinality : clusters[f];
      coded += clusters[f] === 0 ? 0 : cardinality;
    });
    const { servingBytes } = sizeOf(plan);
    expect(servingBytes).toBe(4 * 16 * rows + Math.ceil((coded * bits) / 8));
    expect(servingBytes).toBeLessThanOrEqual(layer.budget);
    expect(servingBytes).toBeGreaterThan(used * layer.budget);
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
