import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadAddon } from '../../../backends/native/addon.ts';
import { native } from '../../../backends/native/index.ts';
import { nativeIndexLoops } from '../../../backends/native/index-loops.ts';
import { none } from '../../../harness/contract/backend.ts';
import { deriveSeed, hash32, mix32 } from '../../../base/hash.ts';
import { permutation, random } from '../../../base/random.ts';
import { HostIndices } from '../../../harness/embedding/host-indices.ts';
import { hostIndexLoops } from '../../../harness/embedding/host-index-loops.ts';
import { column } from '../../column.ts';

const values = (indices: unknown) => [...(indices as HostIndices).values];
const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 2 });

describe('index arithmetic', () => {
  test('agrees with BigInt on all of 32 bits', () => {
    fc.assert(
      fc.property(uint32, fc.integer({ min: 1, max: 2 ** 32 - 1 }), (x, y) => {
        expect(values(column(x).div(y))).toEqual([Number(BigInt(x) / BigInt(y))]);
        expect(values(column(x).mod(y))).toEqual([Number(BigInt(x) % BigInt(y))]);
        expect(values(column(x).plus(y))).toEqual([Number((BigInt(x) + BigInt(y)) % 2n ** 32n)]);
        expect(values(column(x).and(y))).toEqual([Number(BigInt(x) & BigInt(y))]);
      }),
    );
  });

  test('is exact where float32 is not: ids above 2^24', () => {
    expect(values(column(2 ** 24 + 1, 2 ** 31 - 1).div(1))).toEqual([2 ** 24 + 1, 2 ** 31 - 1]);
    expect(values(column(33_554_433).mod(2))).toEqual([1]);
  });

  test('takes one operand for all fields or one for each', () => {
    const two = new HostIndices(Uint32Array.of(10, 20, 30, 40), 2, 2);
    expect(values(two.plus([1, 2]))).toEqual([11, 22, 31, 42]);
    expect(values(two.div(10))).toEqual([1, 2, 3, 4]);
    expect(values(two.and([8, 2 ** 31 + 4]))).toEqual([8, 4, 8, 0]);
    expect(values(two.pick([1, 1, 0]))).toEqual([20, 20, 10, 40, 40, 30]);
    expect(values(two.orElse([true, false], two.plus(5)))).toEqual([10, 25, 30, 45]);
    expect(() => two.plus([1])).toThrow(RangeError);
  });

  test('within shifts what is inside to 0 and gives none outside', () => {
    expect(values(column(4, 5, 9, 10).within(5, 10))).toEqual([none, 0, 4, none]);
    const two = new HostIndices(Uint32Array.of(1, 1, 2, 2), 2, 2);
    expect(values(two.within([0, 2], [2, 3]))).toEqual([1, none, none, 0]);
  });

  test('leaves none as it is', () => {
    const gone = column(none);
    // prettier-ignore
    for (const changed of [gone.plus(1), gone.div(2), gone.mod(3), gone.and(7), gone.hash(4), gone.within(0, 9)])
      expect(values(changed)).toEqual([none]);
    expect(values(gone.through({ length: 1, values: Uint32Array.of(1), bits: 1 }))).toEqual([none]);
  });

  test('gives floats, exactly below 2^24', async () => {
    const two = new HostIndices(Uint32Array.of(0, 1, 2 ** 24 - 1, 7), 2, 2);
    const floats = two.toFloats();
    expect([floats.shape, floats.dtype]).toEqual([[2, 2], 'float32']);
    expect([...(await floats.data())]).toEqual([0, 1, 2 ** 24 - 1, 7]);
    expect(new HostIndices(new Uint32Array(), 0, 2).toFloats().shape).toEqual([0, 2]);
  });

  test('refuses what would go wrong in silence', () => {
    expect(() => column(1).div(0)).toThrow(RangeError);
    expect(() => column(1).mod(2.5)).toThrow(RangeError);
    expect(() => column(3).through({ length: 2, values: Uint32Array.of(1, 2), bits: 2 })).toThrow(RangeError);
    expect(() => new HostIndices(new Uint32Array(5), 2, 2)).toThrow(RangeError);
  });
});

const { usable, detail } = await native.probe();

describe('loops of the native backend', () => {
  const threads = fc.integer({ min: 1, max: 3 });
  const index = fc.oneof(uint32, fc.constant(none), fc.integer({ min: 0, max: 50 }));

  test.skipIf(!usable)(`agree with those of this process${usable ? '' : ` (${detail})`}`, () => {
    const addon = loadAddon();
    const loops = nativeIndexLoops(addon);
    const shapes = fc.record({
      rows: fc.integer({ min: 0, max: 90 }),
      fields: fc.integer({ min: 1, max: 30 }),
      seed: uint32,
      threads,
    });
    fc.assert(
      fc.property(
        shapes,
        fc.array(index, { minLength: 1, maxLength: 30 }),
        ({ rows, fields, seed, threads }, some) => {
          addon.configure(threads);
          const stream = random(seed);
          const draw = (n: number, from: () => number) => Uint32Array.from({ length: n }, from);
          const values = draw(rows * fields, () => some[stream.next() % some.length]);
          const others = draw(rows * fields, () => stream.next());
          const operands = draw(fields, () => 1 + (stream.next() % 1000));
          for (const operation of ['plus', 'div', 'mod', 'and', 'hash'] as const)
            expect(loops.apply(operation, values, operands)).toEqual(
              hostIndexLoops.apply(operation, values, operands),
            );
          const ends = operands.map((operand) => operand * 7);
          expect(loops.within(values, operands, ends)).toEqual(hostIndexLoops.within(values, operands, ends));
          const columns = draw(fields + 3, () => stream.next() % fields);
          expect(loops.pick(values, fields, columns)).toEqual(hostIndexLoops.pick(values, fields, columns));
          const here = Uint8Array.from(operands, (operand) => operand % 2);
          expect(loops.choose(here, values, others)).toEqual(hostIndexLoops.choose(here, values, others));
          const small = values.map((value) => (value === none ? none : value % 51));
          const map = draw(51, () => stream.next());
          expect(loops.through(small, map)).toEqual(hostIndexLoops.through(small, map));
        },
      ),
    );
  });

  test.skipIf(!usable)('refuse what is outside', () => {
    const loops = nativeIndexLoops(loadAddon());
    expect(() => loops.through(Uint32Array.of(3), Uint32Array.of(1, 2))).toThrow(
      'index 3 is outside a map of 2',
    );
    expect(() => loops.pick(Uint32Array.of(3), 1, Uint32Array.of(1))).toThrow(RangeError);
    expect(() => loops.apply('div', Uint32Array.of(3), Uint32Array.of(0))).toThrow(RangeError);
    expect(() => loops.apply('plus', new Uint32Array(3), new Uint32Array(2))).toThrow(RangeError);
  });
});

describe('mixing', () => {
  test('is a bijection: no two of many inputs meet', () => {
    const seen = new Set(Array.from({ length: 200_000 }, (_, i) => mix32(i)));
    expect(seen.size).toBe(200_000);
  });

  test('hashes collide as often as chance has it', () => {
    // n balls into m bins leave m (1 - 1/m)^n empty; the deviation here is below 0.5 %.
    const [n, m] = [50_000, 20_000];
    for (const seed of [1, 2, 3]) {
      const hit = new Set(Array.from({ length: n }, (_, id) => hash32(id, seed) % m));
      expect(m - hit.size).toBeGreaterThan(0.97 * m * (1 - 1 / m) ** n);
      expect(m - hit.size).toBeLessThan(1.03 * m * (1 - 1 / m) ** n);
    }
  });

  test('seeds give unrelated functions', () => {
    const together = Array.from({ length: 100_000 }, (_, id) => hash32(id, 1) % 100 === hash32(id, 2) % 100);
    expect(together.filter(Boolean).length / 100_000).toBeCloseTo(0.01, 2);
  });

  test('the same path gives the same seed, another path another', () => {
    expect(deriveSeed(1, 'table', 3)).toBe(deriveSeed(1, 'table', 3));
    const paths = [deriveSeed(1, 'ab'), deriveSeed(1, 'a', 'b'), deriveSeed(1, 'ba'), deriveSeed(2, 'ab')];
    expect(new Set(paths).size).toBe(4);
  });

  test('normals have mean 0 and deviation 1', () => {
    const stream = random(1);
    const sample = Array.from({ length: 40_000 }, () => stream.normal());
    const mean = sample.reduce((sum, x) => sum + x) / sample.length;
    const variance = sample.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sample.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
  });

  test('permutations hold every number once', () => {
    expect([...permutation(100, 3)].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...permutation(100, 3)]).not.toEqual([...permutation(100, 4)]);
  });
});
