import { describe, expect, test } from 'vitest';
import {
  everyId,
  fullKeyBytes,
  idsOfUncompressed,
  keyBytes,
  keysOf,
} from '../../../harness/contract/keys.ts';
import type { Plan } from '../../../harness/contract/method.ts';
import { budgetFor } from '../../../harness/contract/size.ts';
import { bloom } from '../../../methods/bloom.ts';
import { dpq } from '../../../methods/dpq.ts';
import { frequencyTruncation } from '../../../methods/frequency-truncation.ts';
import { hashingTrick } from '../../../methods/hashing-trick.ts';
import { int4 } from '../../../methods/post-training-quantization/index.ts';
import { feasiblePlan, layerAt, uncountedFields, zipfFields } from '../../layers.ts';

const fields = zipfFields([3, 400, 900]);
const plan = (changes: Partial<Plan>): Plan => ({
  tables: [],
  choices: {},
  embed: () => {
    throw new Error('not looked up');
  },
  ...changes,
});

describe('keys', () => {
  test('are those of all ids where a plan does not say', () => {
    expect(keysOf(plan({}), fields)).toBe(1303);
    expect(everyId(fields).byField).toEqual([3, 400, 900]);
    expect(keyBytes(1303)).toBe(4 * 1303);
    expect(fullKeyBytes(fields)).toBe(4 * 1303);
  });

  test('are those of what is served', () => {
    const told = { byField: [3, 10, 0] };
    expect(keysOf(plan({ toldApart: told }), fields)).toBe(13);
    expect(keysOf(plan({ toldApart: told, serving: { tables: [] } }), fields)).toBe(1303);
    expect(keysOf(plan({ serving: { tables: [], toldApart: { ...told, anyField: 5 } } }), fields)).toBe(18);
  });

  test('are never more than there are ids', () => {
    const { byField } = idsOfUncompressed(fields, (f) => f === 0);
    expect(byField).toEqual([3, 0, 0]);
    expect(keysOf(plan({ toldApart: { byField, anyField: 5000 } }), fields)).toBe(1303);
  });

  test('are none where ids are hashes of tokens', () => {
    const hashed = fields.map((field) => ({ ...field, hashed: true as const }));
    expect(keysOf(plan({ toldApart: { byField: [3, 10, 0], anyField: 7 } }), hashed)).toBe(0);
    expect(fullKeyBytes(hashed)).toBe(0);
    expect(keysOf(plan({}), [hashed[0], fields[1]])).toBe(400);
  });

  test('stay as they are in other precisions, and beside whole fields', () => {
    const layer = layerAt(fields, 8, 6);
    const kept = feasiblePlan(bloom, layer);
    expect(kept.toldApart).toEqual({ byField: [3, 0, 0], anyField: 0 });
    expect(feasiblePlan(int4.wrap(hashingTrick), layerAt(fields, 8, 60)).toldApart?.byField).toEqual([
      3, 0, 0,
    ]);
  });

  test('of Criteo at 64x: dpq needs many times those of truncation, and hashing hardly any', () => {
    const kaggle = uncountedFields([1460, 583, 101_312, 22_026, 305, 24, 12_517, 633, 3]);
    const share = (method: typeof hashingTrick | typeof dpq | typeof frequencyTruncation) => {
      const layer = layerAt(kaggle, 16, 64);
      return keyBytes(keysOf(feasiblePlan(method, layer), kaggle)) / layer.budget;
    };
    expect(share(dpq)).toBeGreaterThan(0.3);
    expect(share(frequencyTruncation)).toBeCloseTo(1 / 16, 2);
    expect(share(hashingTrick)).toBeLessThan(0.03);
  });
});

test('a budget with keys is a share of full bytes with keys', () => {
  expect(budgetFor({ fields, dim: 8 }, 4)).toBe((1303 * 32) / 4);
  expect(budgetFor({ fields, dim: 8 }, 4, 'keys')).toBe((1303 * 36) / 4);
});
