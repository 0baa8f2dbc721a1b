import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInfeasible, sizeOf } from 'embed-bench/method';
import { neighbourRows } from './neighbour-rows.js';

/** Tests of this method alone; `embed-bench check .` has the rules for all methods. */

const fields = [
  { name: 'user', cardinality: 100, counts: new Uint32Array(100).fill(1) },
  { name: 'page', cardinality: 3, counts: new Uint32Array(3).fill(1) },
];

test('half of the bytes put two neighbours to a row', () => {
  const plan = neighbourRows.plan({ fields, dim: 4, budget: 53 * 4 * 4, seed: 1 }, {});
  assert.ok(!isInfeasible(plan));
  assert.deepEqual(plan.choices, { rows: [50, 2], idsPerRow: [2, 2] });
  assert.equal(sizeOf(plan).servingBytes, 52 * 4 * 4);
});

test('too few bytes for a row per field are refused with the bytes that it takes', () => {
  const plan = neighbourRows.plan({ fields, dim: 4, budget: 16, seed: 1 }, {});
  assert.ok(isInfeasible(plan));
  assert.equal(plan.smallestBytes, 2 * 4 * 4);
});
