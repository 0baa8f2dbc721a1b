import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { none, optimizerRules, type OpenBackend, type Rows } from '../../../harness/contract/backend.ts';
import type { Table } from '../../../harness/contract/method.ts';
import { HostRows } from '../../../harness/host-rows.ts';
import { addon, sanitized } from './addon.ts';
import { describeNative, describeSets } from './describe-native.ts';
import { normals } from './numbers.ts';
import { column } from '../../column.ts';

/** Native rows against the host's, whose arithmetic is in doubles and has an oracle of its own. */

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const init = fc.record({
  mean: fc.constantFrom(0, 1, -0.25),
  halfWidth: fc.constantFrom(0, 0.1, 1 / Math.sqrt(7), 1),
});
const tables: fc.Arbitrary<Table> = fc.record({
  width: fc.integer({ min: 1, max: 70 }),
  parts: fc.array(fc.record({ rows: fc.integer({ min: 1, max: 40 }), init }), { minLength: 1, maxLength: 3 }),
});
const rowsOf = ({ parts }: Table) => parts.reduce((sum, { rows }) => sum + rows, 0);

/** Few rows and many look-ups: nearly all are duplicates. */
function lookUps(table: Table): fc.Arbitrary<Uint32Array[]> {
  const index = fc.oneof(
    { weight: 9, arbitrary: fc.nat(rowsOf(table) - 1) },
    { weight: 1, arbitrary: fc.constant(none) },
  );
  const look = fc.array(index, { maxLength: 60 }).map((indices) => Uint32Array.from(indices));
  return fc.array(look, { minLength: 1, maxLength: 3 });
}

const cases = tables.chain((table) =>
  fc.record({
    table: fc.constant(table),
    rule: fc.constantFrom(...optimizerRules),
    seed: seeds,
    steps: fc.array(lookUps(table), { minLength: 1, maxLength: 4 }),
  }),
);

const all = (rows: Rows) => rows.read(0, rowsOf(rows.table));
const numRuns = sanitized ? 40 : 100;

describeSets('rows', (set) => {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await openWith(addon, 2, { instructionSet: set });
  });

  test('begin, are read and are updated as on the host', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(cases, async ({ table, rule, seed, steps }) => {
      const [host, found] = [new HostRows(table, rule, seed), backend.createRows!(table, rule, seed)];
      expect(found.stateBytes).toBe(host.stateBytes);
      expect(await all(found)).toEqual(await all(host));
      for (const [step, looks] of steps.entries()) {
        const start = tf.memory().numTensors;
        const pending = looks.map((indices, i) => {
          const values = normals(indices.length * table.width, 100 * step + i);
          return { indices: column(...indices), gradient: fresh(values, [indices.length, table.width]) };
        });
        for (const rows of [host, found]) rows.update(pending, 0.05);
        for (const { gradient } of pending) gradient.dispose();
        expect(tf.memory().numTensors).toBe(start);
        for (const look of looks) {
          const indices = column(...look);
          const [expected, gathered] = [host.gather(indices), found.gather(indices)];
          expect(gathered.shape).toEqual(expected.shape);
          expect(furthest(gathered.dataSync<'float32'>(), expected.dataSync<'float32'>())).toBeLessThan(1e-6);
          for (const tensor of [expected, gathered]) tensor.dispose();
        }
      }
      expect(furthest(await all(found), await all(host))).toBeLessThan(1e-6);
      found.dispose();
    });
    await fc.assert(property, { numRuns, seed: 11 });
  });

  test('that were not looked up keep their bits; those saved come back', async () => {
    const table = { width: 5, parts: [{ rows: 100, init: { mean: 0, halfWidth: 1 } }] };
    const rows = backend.createRows!(table, 'adam', 3);
    const before = await all(rows);
    rows.save();
    const gradient = fresh(normals(10, 1), [2, 5]);
    rows.update([{ indices: column(7, none), gradient }], 0.1);
    const after = await all(rows);
    expect(after.subarray(0, 35)).toEqual(before.subarray(0, 35));
    expect(after.subarray(40)).toEqual(before.subarray(40));
    expect(after.subarray(35, 40)).not.toEqual(before.subarray(35, 40));
    expect(await rows.read(7, 8)).toEqual(after.subarray(35, 40));
    rows.restore();
    expect(await all(rows)).toEqual(before);
    gradient.dispose();
    rows.dispose();
    rows.dispose(); // once more is no mistake
  });
});

describeNative('a table without memory', () => {
  test('names the bytes, or for a user what to do', async () => {
    expect(() => addon.createTable(2 ** 31, 2 ** 20, 2 ** 20, 'sgd')).toThrow(
      'out of memory: 9007199254740992 bytes were asked for',
    );
    expect(() => addon.allocate(2 ** 50)).toThrow('out of memory: 1125899906842624 bytes were asked for');
    const backend = await openWith(addon, 1);
    const table = { width: 2 ** 20, parts: [{ rows: 2 ** 31, init: { mean: 0, halfWidth: 0 } }] };
    expect(() => backend.createRows!(table, 'sgd', 1)).toThrow(
      'no memory for a table of 9007199.3 GB: take a higher --compression or a smaller --dim',
    );
  });
});

/** With memory of its own, not of the array that it was made from. */
function fresh(values: Float32Array, shape: [number, number]): tf.Tensor2D {
  return tf.tidy(() => tf.mul(tf.tensor2d(values, shape), 1));
}

function furthest(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
}
