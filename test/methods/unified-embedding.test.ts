import { describe, expect, test } from 'vitest';
import { unifiedEmbedding } from '../../methods/unified-embedding.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { kaggleFields } from '../../suites/described/kaggle.ts';
import { feasiblePlan, layerAt, zipfFields } from '../layers.ts';
import { lookupsOf } from './lookups.ts';

describe('one table for all fields', () => {
  test('takes all of the budget: Criteo Kaggle at dim 16, 100x', () => {
    const layer = layerAt(kaggleFields, 16, 100);
    const plan = feasiblePlan(unifiedEmbedding, layer);
    expect(plan.tables).toHaveLength(1);
    expect(plan.choices).toEqual({ rows: Math.floor(layer.budget / 32), width: 8 });
    expect(sizeOf(plan).servingBytes).toBeGreaterThan(layer.budget - 32);
  });

  test.each([
    [{ lookUps: 3 }, 8, 3, 3],
    [{ lookUps: 4, combine: 'sum' }, 8, 4, 8],
    [{ lookUps: 8 }, 5, 5, 1],
  ])('%o at dim %i: %i lookups of width %i', (options, dim, pieces, width) => {
    const plan = feasiblePlan(unifiedEmbedding, layerAt(zipfFields([100, 200]), dim, 4), options);
    const [{ table, columns }] = lookupsOf(plan, Uint32Array.of(1, 1), 2);
    expect(table.width).toBe(width);
    expect(columns).toBe(2 * pieces);
  });

  test('the same id of two fields, and of two lookups, is in unrelated rows', () => {
    const fields = zipfFields([2000, 2000]);
    const ids = Uint32Array.from({ length: 4000 }, (_, i) => Math.floor(i / 2));
    const plan = feasiblePlan(unifiedEmbedding, layerAt(fields, 8, 4));
    const [{ indices }] = lookupsOf(plan, ids, 2);
    const rows = plan.choices.rows as number;
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 3],
    ]) {
      // prettier-ignore
      let same = 0;
      for (let id = 0; id < 2000; id++) if (indices[4 * id + a] === indices[4 * id + b]) same++;
      expect(same).toBeLessThan(10 + (3 * 2000) / rows);
    }
  });
});
