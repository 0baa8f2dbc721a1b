import { expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { fullKeyBytes, keyBytes, keysOf } from '../../harness/contract/keys.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { Embedding } from '../../harness/embedding/embedding.ts';
import { noIds } from '../../methods/no-ids.ts';
import { compressionOf } from '../../results/counted-bytes.ts';
import { findMethod, expandName } from '../../suites/find-method.ts';
import { methodsAtRatios } from '../../suites/job.ts';
import * as tf from '../../tensors/index.ts';
import { feasiblePlan, layerAt } from '../layers.ts';
import { allIds, dim, fields } from './small-layer.ts';

test.each([1, 4, 1e6])('takes no byte and no key at %d x', (ratio) => {
  const plan = feasiblePlan(noIds, layerAt(fields, dim, ratio));
  expect(sizeOf(plan)).toEqual({ parameters: 0, servingBytes: 0 });
  expect(keyBytes(keysOf(plan, fields))).toBe(0);
  expect(fullKeyBytes(fields)).toBeGreaterThan(0);
});

test('every id has the zero vector of the width that the model wants, in batches of one as well', async () => {
  const plan = feasiblePlan(noIds, layerAt(fields, dim, 4));
  const embedding = new Embedding(plan, await cpu.open({}), 'adagrad', 1);
  for (const batch of [1, allIds.batch]) {
    const ids = allIds.ids.slice(0, batch * fields.length);
    const vectors = tf.tidy(() => embedding.embed(ids, batch, fields.length));
    expect(vectors.shape).toEqual([batch, fields.length, dim]);
    expect(vectors.dataSync().every((x) => Object.is(x, 0))).toBe(true);
    vectors.dispose();
  }
  embedding.dispose();
});

test('is trained once whatever the ratios, is not among all, and has no wrapped form', () => {
  const asked = { compressions: [4, 16], baseline: false };
  expect(methodsAtRatios({ ...asked, methods: [{ name: 'no-ids', options: {} }] })).toEqual([
    { method: 'no-ids', options: {}, compression: 1 },
  ]);
  expect(expandName('all')).not.toContain('no-ids');
  expect(() => findMethod('int8(no-ids)')).toThrow(/stores nothing/);
});

test('no bytes are compressed by their full bytes, a finite number', () => {
  const size = { servingBytes: 0, keyBytes: 0, fullBytes: 640, fullKeyBytes: 40 };
  expect(compressionOf(size, undefined)).toBe(640);
  expect(compressionOf(size, 'keys')).toBe(680);
});
