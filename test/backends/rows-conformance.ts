import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { none, optimizerRules, type OpenBackend, type Rows } from '../../harness/contract/backend.ts';
import type { Table } from '../../harness/contract/method.ts';
import { tableRows } from '../../harness/contract/size.ts';
import { HostRows } from '../../harness/host-rows.ts';
import { column } from '../column.ts';
import { normals } from './native/numbers.ts';

/** A backend's rows against the host's, whose arithmetic is in doubles and has an oracle of its own. */

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const init = fc.record({
  mean: fc.constantFrom(0, 1, -0.25),
  halfWidth: fc.constantFrom(0, 0.1, 1 / Math.sqrt(7), 1),
});
const parts = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 40 }), init }), {
  minLength: 1,
  maxLength: 3,
});
const apart = fc.record({ width: fc.integer({ min: 1, max: 70 }), parts });
const overlapping = fc
  .record({ width: fc.integer({ min: 2, max: 20 }), stride: fc.integer({ min: 1, max: 19 }), parts })
  .filter(({ width, stride }) => stride < width);
const tables: fc.Arbitrary<Table> = fc.oneof(
  { weight: 3, arbitrary: apart },
  { weight: 1, arbitrary: overlapping },
);

/** Few rows and many look-ups: nearly all are duplicates. */
function lookUps(table: Table): fc.Arbitrary<Uint32Array[]> {
  const index = fc.oneof(
    { weight: 9, arbitrary: fc.nat(tableRows(table) - 1) },
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

const all = (rows: Rows) => rows.read(0, tableRows(rows.table));

interface Options {
  readonly open: () => Promise<OpenBackend>;
  /** Random tables and look-ups. */
  readonly numRuns?: number;
  /** How far a table's first floats may be from the host's, where the backend has no double precision. */
  readonly startWithin?: number;
  /** Without the one test of millions of floats. */
  readonly small?: boolean;
}

/** For a describe block of the backend's own. */
export function testRows({ open, numRuns = 100, startWithin = 0, small = false }: Options): void {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  });
  const indicesOf = (values: Uint32Array) =>
    backend.createIndices?.(values, values.length, 1) ?? column(...values);

  test('begin, are read and are updated as on the host', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(cases, async ({ table, rule, seed, steps }) => {
      const { width } = table;
      const [host, found] = [new HostRows(table, rule, seed), backend.createRows!(table, rule, seed)];
      expect(found.stateBytes).toBe(host.stateBytes);
      expect(furthest(await all(found), await all(host))).toBeLessThanOrEqual(startWithin);
      for (const [step, looks] of steps.entries()) {
        const gradients = looks.map((look, i) => normals(look.length * width, 100 * step + i));
        await onCpu(backend, () => {
          const lookups = looks.map((look, i) => ({
            indices: column(...look),
            gradient: tf.tensor2d(gradients[i], [look.length, width]),
          }));
          host.update(lookups, 0.05);
          for (const { gradient } of lookups) gradient.dispose();
        });
        const start = tf.memory().numTensors;
        const lookups = looks.map((look, i) => ({
          indices: indicesOf(look),
          gradient: fresh(gradients[i], [look.length, width]),
        }));
        found.update(lookups, 0.05);
        for (const { gradient } of lookups) gradient.dispose();
        expect(tf.memory().numTensors).toBe(start);
        const rows = await all(host);
        for (const look of looks) {
          const gathered = found.gather(indicesOf(look));
          expect(gathered.shape).toEqual([look.length, width]);
          const expected = Float32Array.from({ length: look.length * width }, (_, i) => {
            const row = look[Math.floor(i / width)];
            return row === none ? 0 : rows[row * width + (i % width)];
          });
          expect(furthest(await gathered.data<'float32'>(), expected)).toBeLessThan(1e-6);
          gathered.dispose();
        }
      }
      expect(furthest(await all(found), await all(host))).toBeLessThan(1e-6);
      found.dispose();
    });
    await fc.assert(property, { numRuns, seed: 11 });
  });

  const pieces = small ? [] : [undefined, 3];
  test.each(pieces)('of more than a piece begin with the same floats, stride %s', async (stride) => {
    const part = (rows: number, mean: number) => ({ rows, init: { mean, halfWidth: 0.5 } });
    const table = { width: 7, stride, parts: [part(170_000, 0), part(1, 2), part(200_001, -1)] };
    const [host, found] = [new HostRows(table, 'sgd', 3), backend.createRows!(table, 'sgd', 3)];
    const [expected, read] = [await all(host), await all(found)];
    if (startWithin === 0)
      expect(Buffer.compare(Buffer.from(read.buffer), Buffer.from(expected.buffer))).toBe(0);
    else expect(furthest(read, expected)).toBeLessThanOrEqual(startWithin);
    expect(await found.read(149_790, 149_800)).toEqual(read.slice(149_790 * 7, 149_800 * 7));
    found.dispose();
  });

  test('that were not looked up keep their bits; those saved come back, again and again', async () => {
    const table = { width: 5, parts: [{ rows: 100, init: { mean: 0, halfWidth: 1 } }] };
    const rows = backend.createRows!(table, 'adam', 3);
    expect(() => rows.restore()).toThrow('nothing was saved');
    const before = await all(rows);
    rows.save();
    const gradient = fresh(normals(10, 1), [2, 5]);
    for (let again = 0; again < 2; again++) {
      rows.update([{ indices: indicesOf(Uint32Array.of(7, none)), gradient }], 0.1);
      const after = await all(rows);
      expect(after.subarray(0, 35)).toEqual(before.subarray(0, 35));
      expect(after.subarray(40)).toEqual(before.subarray(40));
      expect(after.subarray(35, 40)).not.toEqual(before.subarray(35, 40));
      expect(await rows.read(7, 8)).toEqual(after.subarray(35, 40));
      rows.restore();
      expect(await all(rows)).toEqual(before);
    }
    gradient.dispose();
    rows.dispose();
    rows.dispose(); // once more is no mistake
  });

  test('outside the table are a RangeError', async () => {
    const table = { width: 2, parts: [{ rows: 3, init: { mean: 0, halfWidth: 1 } }] };
    const rows = backend.createRows!(table, 'sgd', 3);
    const look = async () => {
      await rows.gather(indicesOf(Uint32Array.of(1, 3))).data();
      await backend.synchronize?.();
    };
    await expect(look()).rejects.toThrow(RangeError);
    rows.dispose();
  });
}

/** With this backend's tensors on the cpu backend, where the host's rows can read them. */
async function onCpu({ name }: OpenBackend, run: () => void): Promise<void> {
  await tf.setBackend('cpu');
  run();
  await tf.setBackend(name);
}

/** With memory of its own, not of the array that it was made from. */
function fresh(values: Float32Array, shape: [number, number]): tf.Tensor2D {
  return tf.tidy(() => tf.mul(tf.tensor2d(values, shape), 1));
}

function furthest(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  return found.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
}
