import * as tf from '../../../tensors/index.ts';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { DeviceIndices } from '../../../backends/webgpu/indices.ts';
import { none, type OpenBackend } from '../../../harness/contract/backend.ts';
import { type IdMap, type Indices, valuesOf } from '../../../harness/contract/indices.ts';
import { random } from '../../../base/random.ts';
import { HostIndices } from '../../../harness/embedding/host-indices.ts';
import { describeGpu, onSoftware, openGpu } from './describe-gpu.ts';

const uint32 = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 0, max: 50 }),
  fc.constantFrom(none, none - 1, 2 ** 31, 2 ** 31 - 1),
);
const cases = fc.record({
  batch: fc.integer({ min: 0, max: 70 }),
  fields: fc.integer({ min: 1, max: 30 }),
  some: fc.array(uint32, { minLength: 1, maxLength: 30 }),
  operand: fc.oneof(fc.integer({ min: 1, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 1000 })),
  seed: fc.nat(),
});

describeGpu('indices on the card', () => {
  let open: OpenBackend;
  let backend: GpuBackend;
  beforeAll(async () => {
    ({ open, backend } = await openGpu());
  });

  test('are what they are on the host', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(cases, async ({ batch, fields, some, operand, seed }) => {
      const stream = random(seed);
      const draw = (length: number, from: () => number) => Uint32Array.from({ length }, from);
      const ids = draw(batch * fields, () => some[stream.next() % some.length]);
      const others = draw(batch * fields, () => stream.next());
      const operands = [...draw(fields, () => 1 + (stream.next() % 1000))];
      const map: IdMap = { length: 51, values: draw(51, () => stream.next()), bits: 32 };
      const columns = [...draw(fields + 3, () => stream.next() % fields)];
      const here = operands.map((n) => n % 2 === 1);
      const derived = (all: Indices, other: Indices): Indices[] => [
        all,
        all.plus(operand),
        all.plus(operands),
        all.div(operand),
        all.div(operands),
        all.mod(operand),
        all.mod(operands),
        all.and(operand),
        all.and(operands),
        all.hash(operand),
        all.hash(operands),
        all.within(operands, operands.map((n) => n * 7)), // prettier-ignore
        all.within(0, operand),
        all.pick(columns),
        all.orElse(here, other),
        all.mod(51).through(map),
        all.hash(operands).mod(97).plus(3).pick(columns).div(5),
      ];
      const before = backend.memory().numBytesInGPU;
      const [card, otherOnCard] = [
        open.createIndices!(ids, batch, fields),
        open.createIndices!(others, batch, fields),
      ];
      const found = derived(card, otherOnCard);
      const expected = derived(new HostIndices(ids, batch, fields), new HostIndices(others, batch, fields));
      for (const [i, indices] of found.entries()) {
        expect([indices.batch, indices.fields]).toEqual([expected[i].batch, expected[i].fields]);
        expect(await DeviceIndices.of(indices).read(), `result ${i}`).toEqual(valuesOf(expected[i]));
      }
      card.dispose!();
      otherOnCard.dispose!();
      expect(backend.memory().numBytesInGPU).toBe(before);
    });
    await fc.assert(property, { numRuns: onSoftware ? 25 : 100, seed: 1 });
  });

  test('become floats, exactly below 2^24, that stay when they go', async () => {
    const before = [tf.memory().numTensors, backend.memory().numBytesInGPU];
    for (const [batch, fields] of [
      [0, 3],
      [1, 1],
      [1001, 3],
    ]) {
      // prettier-ignore
      const stream = random(batch);
      const ids = Uint32Array.from({ length: batch * fields }, () => stream.next() % 2 ** 24);
      const card = open.createIndices!(ids, batch, fields);
      const floats = card.and(2 ** 24 - 1).toFloats();
      card.dispose!();
      const doubled = tf.mul(floats, 2);
      expect([floats.shape, floats.dtype]).toEqual([[batch, fields], 'float32']);
      expect(await floats.data()).toEqual(new Float32Array(ids));
      expect(await doubled.data()).toEqual(new Float32Array(ids).map((x) => 2 * x));
      tf.dispose([floats, doubled]);
    }
    expect([tf.memory().numTensors, backend.memory().numBytesInGPU]).toEqual(before);
  });

  test('refuse what is outside', async () => {
    const two = open.createIndices!(Uint32Array.of(1, 3), 1, 2);
    expect(() => two.div([1, 0])).toThrow('a divisor must be a positive integer');
    expect(() => two.mod(0.5)).toThrow(RangeError);
    expect(() => two.plus([1])).toThrow('1 operands for 2 fields');
    expect(() => two.pick([2])).toThrow('there are fields 0 to 1');
    expect(() => two.orElse([true], two)).toThrow(RangeError);
    expect(() => open.createIndices!(Uint32Array.of(1, 3), 1, 3)).toThrow(
      '2 indices are not 1 samples of 3 fields',
    );
    two.through({ length: 3, values: Uint32Array.of(7, 8, 9), bits: 4 });
    await expect(open.synchronize!()).rejects.toThrow('index 3 is outside a map of 3 entries');
    two.dispose!();
  });

  test('keep what thousands of different operands make', async () => {
    const ids = open.createIndices!(Uint32Array.of(1), 1, 1);
    const first = ids.plus(41);
    for (let i = 0; i < 1500; i++) ids.plus(i);
    expect([...(await DeviceIndices.of(first).read())]).toEqual([42]);
    expect([...(await DeviceIndices.of(ids.plus(41)).read())]).toEqual([42]);
    await open.synchronize!();
    ids.dispose!();
  });
});
