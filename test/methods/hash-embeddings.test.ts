import { expect, test } from 'vitest';
import { sizeOf } from '../../harness/contract/size.ts';
import { hashEmbeddings } from '../../methods/hash-embeddings.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../layers.ts';
import { embedded } from './embedded.ts';
import { everyId, lookupsOf } from './lookups.ts';

test('half of the floats are importances, half are rows', () => {
  const plan = feasiblePlan(hashEmbeddings, layerAt(uncountedFields([10_000]), 16, 16));
  // 10,000 floats: 2500 pairs of importances and 312 rows of 16.
  expect(plan.choices).toEqual({ rows: [312], importances: [2500] });
  expect(sizeOf(plan).parameters).toBe(312 * 16 + 2500 * 2);
});

test('no more importances than ids need, which then have their own', () => {
  const plan = feasiblePlan(hashEmbeddings, layerAt(uncountedFields([1000]), 16, 2));
  expect(plan.choices).toEqual({ rows: [375], importances: [1000] });
  expect(lookupsOf(plan, everyId(1000), 1)[0].indices).toEqual(everyId(1000));
});

test.each([4, 16, 64, 1000])('uses up the budget on Criteo Kaggle at %ix', (ratio) => {
  const layer = layerAt(kaggleFields, 16, ratio);
  for (const shared of ['field', 'all'])
    expect(sizeOf(feasiblePlan(hashEmbeddings, layer, { shared })).servingBytes).toBeGreaterThan(
      0.99 * layer.budget,
    );
});

test.each([{ hashes: 3 }, { hashes: 3, append: true }])(
  'a vector is its rows times its importances, %o',
  async (options) => {
    const [n, dim, hashes] = [500, 5, 3];
    const plan = feasiblePlan(hashEmbeddings, layerAt(uncountedFields([n]), dim, 4), options);
    const [importances, components] = lookupsOf(plan, everyId(n), 1);
    const { vectors, tables } = await embedded(plan, everyId(n));
    const { width } = plan.tables[0];
    expect(width).toBe('append' in options ? dim - hashes : dim);
    for (let id = 0; id < n; id++) {
      const weights = [0, 1, 2].map((t) => tables[1][hashes * importances.indices[id] + t]);
      const rows = [0, 1, 2].map((t) => components.indices[hashes * id + t]);
      for (let k = 0; k < width; k++) {
        const expected = rows.reduce((sum, row, t) => sum + weights[t] * tables[0][width * row + k], 0);
        expect(vectors[dim * id + k]).toBeCloseTo(expected, 6);
      }
      if ('append' in options)
        weights.forEach((w, t) => expect(vectors[dim * id + width + t]).toBeCloseTo(w / Math.sqrt(n), 6));
    }
  },
);

test('importances and rows are hashed apart, as are the rows of an id', () => {
  const plan = feasiblePlan(hashEmbeddings, layerAt(uncountedFields([20_000]), 16, 16), { importances: 0.2 });
  const [importances, components] = lookupsOf(plan, everyId(20_000), 1);
  const [[rows], [weights]] = [plan.choices.rows as number[], plan.choices.importances as number[]];
  let [both, twice] = [0, 0];
  for (let id = 0; id < 20_000; id++) {
    both += Number(components.indices[2 * id] === components.indices[2 * id + 1]);
    twice += Number(importances.indices[id] % rows === components.indices[2 * id]);
  }
  expect(weights).toBeGreaterThan(rows);
  // Chance is 1 in `rows`, 20 of 20,000; it would be all of them if one hash were taken for both.
  expect(both).toBeLessThan(60);
  expect(twice).toBeLessThan(60);
});
