import * as tf from '../../../tensors/index.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadAddon } from '../../../backends/native/addon.ts';
import { native, openWith } from '../../../backends/native/index.ts';
import { none, optimizerRules, type OpenBackend } from '../../../harness/contract/backend.ts';
import { random } from '../../../base/random.ts';
import { sizeOf, tableFloats } from '../../../harness/contract/size.ts';
import { HostRows } from '../../../harness/embedding/host-rows.ts';
import { column } from '../../column.ts';

/** Rows that overlap: a table of spans must behave like the flat memory it is. */

const table = { width: 4, stride: 1, parts: [{ rows: 20, init: { mean: 0.5, halfWidth: 0.25 } }] };
const floats = tableFloats(table);
/** The same memory, float by float. */
const flat = { width: 1, parts: [{ rows: floats, init: { mean: 0.5, halfWidth: 0.25 } }] };

const indices = column(0, 19, 3, 4, none, 3);
const asFloats = column(
  ...[...indices.values].flatMap((i) => [0, 1, 2, 3].map((k) => (i === none ? none : i + k))),
);

test('count every float once', () => {
  expect(floats).toBe(23);
  expect(sizeOf({ tables: [table] }).parameters).toBe(23);
  expect(tableFloats({ ...table, parts: [] })).toBe(0);
});

const { usable } = await native.probe();

describe.each(['host', 'native'])('%s rows', (where) => {
  let backend: OpenBackend | undefined;
  beforeAll(async () => {
    if (where === 'native' && usable) backend = await openWith(loadAddon(), 2);
    else await tf.setBackend('cpu');
  });
  afterAll(() => tf.setBackend('cpu'));

  test.skipIf(where === 'native' && !usable).each(optimizerRules)(
    '%s: as the floats they overlap on',
    async (rule) => {
      const create = backend?.createRows ?? ((...args) => new HostRows(...args));
      const [spans, single] = [create(table, rule, 7), create(flat, rule, 7)];
      const stream = random(3);
      for (let step = 0; step < 3; step++) {
        expect(spans.gather(indices).dataSync()).toEqual(single.gather(asFloats).dataSync());
        const gradient = Float32Array.from({ length: asFloats.batch }, () => stream.normal());
        spans.update([{ indices, gradient: tf.tensor2d(gradient, [indices.batch, 4]) }], 0.1);
        single.update([{ indices: asFloats, gradient: tf.tensor2d(gradient, [asFloats.batch, 1]) }], 0.1);
      }
      const read = await spans.read(18, 20);
      expect([...read.subarray(0, 4), read[7]]).toEqual([...(await single.read(18, 23))]);
      expect(spans.stateBytes).toBe(single.stateBytes);
    },
  );
});
