import * as tf from '../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import {
  none,
  optimizerRules,
  type OpenBackend,
  type Rows,
  type RowState,
} from '../../harness/contract/backend.ts';
import type { Table } from '../../harness/contract/method.ts';
import { permutation } from '../../base/random.ts';
import { overlaps } from '../../harness/contract/table-shape.ts';
import { tableFloats, tableRows } from '../../harness/contract/size.ts';
import { HostRows } from '../../harness/embedding/host-rows.ts';
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

/** Few rows and many lookups: nearly all are duplicates. */
function lookUps(table: Table): fc.Arbitrary<Update> {
  const index = fc.oneof(
    { weight: 9, arbitrary: fc.nat(tableRows(table) - 1) },
    { weight: 1, arbitrary: fc.constant(none) },
  );
  const look = fc.array(index, { maxLength: 60 }).map((indices) => Uint32Array.from(indices));
  return fc.record({ looks: fc.array(look, { minLength: 1, maxLength: 3 }) });
}

type Update = { readonly looks: readonly Uint32Array[] };
type Write = { readonly rows: Uint32Array; readonly keepState: boolean };
type Copy = { readonly from: Uint32Array; readonly to: Uint32Array };

/** Some rows, in any order. */
const someRows = (table: Table) =>
  fc
    .shuffledSubarray(Array.from({ length: tableRows(table) }, (_, row) => row))
    .map((rows) => Uint32Array.from(rows));

/** A row may be copied to several. */
function copies(table: Table): fc.Arbitrary<Copy> {
  return fc.tuple(someRows(table), fc.infiniteStream(fc.nat())).map(([rows, draws]) => {
    const to = rows.subarray(0, rows.length - 1);
    const others = Array.from({ length: tableRows(table) }, (_, row) => row).filter(
      (row) => !to.includes(row),
    );
    return { from: to.map(() => others[draws.next().value % others.length]), to };
  });
}

const cases = tables.chain((table) =>
  fc.record({
    table: fc.constant(table),
    rule: fc.constantFrom(...optimizerRules),
    seed: seeds,
    steps: fc.array<Update | Write | Copy>(
      fc.oneof(
        { weight: 3, arbitrary: lookUps(table) },
        { weight: 1, arbitrary: fc.record({ rows: someRows(table), keepState: fc.boolean() }) },
        { weight: overlaps(table) ? 0 : 1, arbitrary: copies(table) },
      ),
      { minLength: 1, maxLength: 7 },
    ),
  }),
);

/** Floats of these rows; where rows overlap, those that share a float give it the same value. */
function valuesFor(table: Table, rows: Uint32Array, seed: number): Float32Array {
  const { width, stride = width } = table;
  const floats = normals(tableFloats(table), seed);
  return Float32Array.from(
    { length: rows.length * width },
    (_, i) => floats[rows[Math.floor(i / width)] * stride + (i % width)],
  );
}

const all = (rows: Rows) => rows.read(0, tableRows(rows.table));

interface Options {
  readonly open: () => Promise<OpenBackend>;
  /** Random tables and lookups. */
  readonly numRuns?: number;
  /** How far a table's first floats may be from the host's, where the backend has no double precision. */
  readonly startWithin?: number;
  /** True to leave out the test of millions of floats. */
  readonly small?: boolean;
}

/** Tests for a describe block of the backend. */
export function testRows({ open, numRuns = 100, startWithin = 0, small = false }: Options): void {
  let backend: OpenBackend;
  beforeAll(async () => {
    backend = await open();
  });
  const indicesOf = (values: Uint32Array) =>
    backend.createIndices?.(values, values.length, 1) ?? column(...values);

  test('begin, are read, updated, written and copied as on the host', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(cases, async ({ table, rule, seed, steps }) => {
      const { width } = table;
      const [host, found] = [new HostRows(table, rule, seed), backend.createRows!(table, rule, seed)];
      expect(found.stateBytes).toBe(host.stateBytes);
      expect(furthest(await all(found), await all(host))).toBeLessThanOrEqual(startWithin);
      for (const [step, change] of steps.entries()) {
        if (!('looks' in change)) {
          for (const rows of [host, found])
            if ('rows' in change)
              rows.write(change.rows, valuesFor(table, change.rows, step), change.keepState);
            else rows.copy(change.from, change.to);
          expect(furthest(await all(found), await all(host))).toBeLessThan(1e-6);
          continue;
        }
        const { looks } = change;
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

  test.each(optimizerRules)('%s: rows that are written, or copied, are updated as such', async (rule) => {
    for (const stride of [4, 2]) {
      const table = { width: 4, stride, parts: [{ rows: 50, init: { mean: 0, halfWidth: 1 } }] };
      const rows = backend.createRows!(table, rule, 3);
      const gradients = [1, 2, 3].map((seed) => fresh(normals(8, seed), [2, 4]));
      for (const gradient of gradients.slice(0, 2))
        rows.update([{ indices: indicesOf(Uint32Array.of(10, 20)), gradient }], 0.1);
      const same = fresh(new Float32Array(12).map((_, i) => 1 + (i % 4)), [3, 4]); // prettier-ignore
      // The state of a row that was never updated: from here on the two are equal.
      rows.write(Uint32Array.of(10), await rows.read(40, 41));
      rows.update([{ indices: indicesOf(Uint32Array.of(10, 20, 40)), gradient: same }], 0.1);
      expect(await rows.read(10, 11)).toEqual(await rows.read(40, 41));
      if (stride === 4) {
        rows.copy(Uint32Array.of(20), Uint32Array.of(30));
        rows.write(Uint32Array.of(40), await rows.read(20, 21));
        expect(await rows.read(30, 31)).toEqual(await rows.read(20, 21));
        rows.update([{ indices: indicesOf(Uint32Array.of(20, 30, 40)), gradient: same }], 0.1);
        expect(await rows.read(30, 31)).toEqual(await rows.read(20, 21));
        const without = await rows.read(40, 41);
        if (rule === 'sgd') expect(without).toEqual(await rows.read(20, 21));
        else expect(without).not.toEqual(await rows.read(20, 21));
      }
      for (const gradient of [...gradients, same]) gradient.dispose();
      rows.dispose();
    }
  });

  test.each(optimizerRules)('%s: state goes on in another table of the same shape', async (rule) => {
    for (const stride of [4, 2]) {
      const table = { width: 4, stride, parts: [{ rows: 600, init: { mean: 0, halfWidth: 1 } }] };
      const [once, twice, narrow] = [table, table, { ...table, width: 3, stride: Math.min(3, stride) }].map(
        (one) => backend.createRows!(one, rule, 3),
      );
      const gradients = [1, 2, 3, 4].map((seed) => fresh(normals(8, seed), [2, 4]));
      const step = (rows: Rows, i: number) =>
        rows.update([{ indices: indicesOf(Uint32Array.of(10, 590 + i)), gradient: gradients[i] }], 0.1);
      for (let i = 0; i < 4; i++) step(once, i);
      for (let i = 0; i < 2; i++) step(twice, i);
      const again = backend.createRows!(table, rule, 9);
      again.write(
        Uint32Array.from({ length: 600 }, (_, row) => row),
        await all(twice),
      );
      const state = await twice.readState();
      expect(state.steps).toBe(2);
      expect(4 * state.floats.reduce((sum, { length }) => sum + length, 0)).toBe(twice.stateBytes);
      again.writeState(state);
      for (let i = 2; i < 4; i++) step(twice, i); // what was read is a copy
      for (let i = 2; i < 4; i++) step(again, i);
      expect(await all(again)).toEqual(await all(once));
      expect((await again.readState()).floats).toEqual((await once.readState()).floats);
      if (rule === 'adagrad') expect(() => narrow.writeState(state)).toThrow('floats of state for a table');
      if (again.pieces) await expectPieces(again, twice, await again.readState());
      for (const rows of [once, twice, again, narrow]) rows.dispose();
      for (const gradient of gradients) gradient.dispose();
    }
  });

  test.each(pieces)('many are written and copied, stride %s', async (stride) => {
    const table = { width: 7, stride, parts: [{ rows: 400_000, init: { mean: 0, halfWidth: 1 } }] };
    const [host, found] = [new HostRows(table, 'adagrad', 3), backend.createRows!(table, 'adagrad', 3)];
    const shuffled = permutation(400_000, 5);
    const some = shuffled.subarray(0, 200_000);
    const values = valuesFor(table, some, 1);
    for (const rows of [host, found]) {
      rows.write(some, values);
      if (!overlaps(table)) rows.copy(some.subarray(1000), shuffled.subarray(201_000));
    }
    expect(furthest(await all(found), await all(host))).toBeLessThanOrEqual(startWithin);
    found.dispose();
  });

  test('that are saved do not change with those written', async () => {
    const table = { width: 5, parts: [{ rows: 100, init: { mean: 0, halfWidth: 1 } }] };
    const rows = backend.createRows!(table, 'adam', 3);
    const before = await all(rows);
    rows.save();
    rows.write(Uint32Array.of(99, 3), normals(10, 1));
    rows.copy(Uint32Array.of(99), Uint32Array.of(0));
    const after = await all(rows);
    expect(after.subarray(0, 5)).toEqual(normals(10, 1).subarray(0, 5));
    expect(after.subarray(5, 15)).toEqual(before.subarray(5, 15));
    rows.restore();
    expect(await all(rows)).toEqual(before);
    rows.dispose();
  });

  test('that cannot be written or copied are a RangeError at once, and nothing changes', async () => {
    const table = (stride: number) => ({
      width: 2,
      stride,
      parts: [{ rows: 3, init: { mean: 0, halfWidth: 1 } }],
    });
    const rows = backend.createRows!(table(2), 'adagrad', 3);
    const before = await all(rows);
    const [inside, outside] = [Uint32Array.of(0, 1), Uint32Array.of(0, 3)];
    expect(() => rows.write(outside, new Float32Array(4))).toThrow('row 3 is outside a table of 3 rows');
    expect(() => rows.write(Uint32Array.of(none), new Float32Array(2))).toThrow(RangeError);
    expect(() => rows.copy(inside, Uint32Array.of(2, 3))).toThrow('row 3 is outside a table of 3 rows');
    expect(() => rows.copy(Uint32Array.of(none), Uint32Array.of(2))).toThrow(RangeError);
    for (const floats of [3, 5])
      expect(() => rows.write(inside, new Float32Array(floats))).toThrow(
        `${floats} floats are not 2 rows of 2`,
      );
    expect(() => rows.copy(inside, Uint32Array.of(2))).toThrow('2 rows cannot be copied to 1 rows');
    const overlapping = backend.createRows!(table(1), 'sgd', 3);
    expect(() => overlapping.copy(Uint32Array.of(0), Uint32Array.of(2))).toThrow('rows that overlap');
    rows.write(new Uint32Array(), new Float32Array());
    rows.copy(new Uint32Array(), new Uint32Array());
    expect(await all(rows)).toEqual(before);
    for (const table of [rows, overlapping]) table.dispose();
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

/** Pieces are parts of what `read` and `readState` give, and what is written in pieces is there. */
async function expectPieces(rows: Rows, others: Rows, state: RowState): Promise<void> {
  const { pieces } = rows;
  const { width } = rows.table;
  const some = new Float32Array(3 * width);
  pieces!.readRows(589, 592, some);
  expect(some).toEqual(await rows.read(589, 592));
  expect(pieces!.steps).toBe(state.steps);
  expect(pieces!.stateLengths).toEqual(state.floats.map(({ length }) => length));
  state.floats.forEach((floats, array) => {
    const own = new Float32Array(40);
    pieces!.readState(array, floats.length - 40, own);
    expect(own).toEqual(floats.subarray(floats.length - 40));
    others.pieces!.writeState(array, 0, floats.subarray(0, 100));
    others.pieces!.writeState(array, 100, floats.subarray(100));
  });
  others.pieces!.setSteps(state.steps);
  expect(await others.readState()).toEqual(state);
}
