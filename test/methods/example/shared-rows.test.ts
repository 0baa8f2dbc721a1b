import { expect, test } from 'vitest';
import { isInfeasible } from '../../../harness/contract/method.ts';
import { sizeOf } from '../../../harness/contract/size.ts';
import { feasiblePlan, layerAt, uncountedFields } from '../../layers.ts';
import { everyId, lookupsOf } from '../lookups.ts';
import { sharedRows } from './shared-rows.ts';

/** Tests of the method's own properties. Budget, shapes, gradients and scale are checked by conformance. */

test('a field of 1,000 ids has 250 rows at 4x, each for four ids', () => {
  const plan = feasiblePlan(sharedRows, layerAt(uncountedFields([1000]), 16, 4));
  expect(plan.choices).toEqual({ rows: [250] });
  expect(sizeOf(plan).servingBytes).toBe(250 * 16 * 4);
  const [{ indices }] = lookupsOf(plan, everyId(1000), 1);
  expect(indices).toEqual(everyId(1000).map((id) => id % 250));
});

test('less than a row per field is infeasible', () => {
  const layer = { ...layerAt(uncountedFields([30, 40]), 16, 1), budget: 2 * 64 - 1 };
  const plan = sharedRows.plan(layer, sharedRows.options.parse({}));
  expect(isInfeasible(plan) && plan.smallestBytes).toBe(2 * 64);
});
