import * as tf from '../../../tensors/index.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWith } from '../../../backends/native/index.ts';
import { nativeIndexLoops } from '../../../backends/native/index-loops.ts';
import { none } from '../../../harness/contract/backend.ts';
import { type Indices, idMap, type IndicesInMemory } from '../../../harness/contract/indices.ts';
import { HostIndices } from '../../../harness/embedding/host-indices.ts';
import { type EvaluatingLoops, LazyIndices } from '../../../harness/embedding/lazy-indices.ts';
import { scaledFloats } from '../../../harness/ops/scaled-floats.ts';
import { addon } from './addon.ts';
import { describeSets } from './describe-native.ts';

/** Something said of indices, done at once by the add-on or one after the other by JavaScript. */
type Saying = (indices: Indices) => Indices;

const operand = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 32 - 1 }),
  fc.integer({ min: 1, max: 50 }),
  fc.constantFrom(1, 2, 2 ** 31, 2 ** 32 - 1),
);
const map = idMap(50, 32, () =>
  Uint32Array.from({ length: 50 }, (_, i) => (i === 7 ? none - 1 : (i * 2654435761) >>> 0)),
);

/** Sayings for indices of any number of fields: what is per field is drawn for as many as there may be. */
const saying: fc.Arbitrary<Saying> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('plus', 'div', 'mod', 'and', 'hash'),
      fc.array(operand, { minLength: 40, maxLength: 40 }),
    )
    .map(([name, all]): Saying => {
      const operands = new Map<number, number[]>();
      return (indices) => {
        const { fields } = indices;
        if (!operands.has(fields)) operands.set(fields, all.slice(0, fields));
        return indices[name as 'plus'](operands.get(fields)!);
      };
    }),
  operand.map(
    (one): Saying =>
      (indices) =>
        indices.mod(one),
  ),
  fc.tuple(operand, operand).map(
    ([a, b]): Saying =>
      (indices) =>
        indices.within(Math.min(a, b), Math.max(a, b)),
  ),
  fc.constant<Saying>((indices) => indices.mod(50).through(map)),
  fc.array(fc.nat(39), { minLength: 1, maxLength: 40 }).map(
    (all): Saying =>
      (indices) =>
        indices.pick(all.map((field) => field % indices.fields)),
  ),
  fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }).map(
    (all): Saying =>
      (indices) =>
        indices.orElse(all.slice(0, indices.fields), indices.hash(3).mod(99)),
  ),
);

describeSets('programs on indices', (set) => {
  const lazy = (ids: Uint32Array, batch: number, fields: number) => {
    addon.configure(2, set);
    return LazyIndices.of(ids, batch, fields, nativeIndexLoops(addon) as EvaluatingLoops);
  };

  test('are what their operations are one after the other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom(1, 2, 63, 300, 701),
        fc.array(saying, { maxLength: 7 }),
        (fields, batch, sayings) => {
          const ids = Uint32Array.from({ length: batch * fields }, (_, i) =>
            i % 11 === 5 ? none : i % 3 === 0 ? i : Math.imul(i, 2246822519) >>> 0,
          );
          const say = (indices: Indices) =>
            sayings.reduce((said, next) => next(said), indices) as IndicesInMemory;
          const expected = say(new HostIndices(ids, batch, fields));
          const found = say(lazy(ids, batch, fields));
          expect(found.fields).toBe(expected.fields);
          expect(found.values).toEqual(expected.values);
          expect(say(lazy(ids, batch, fields)).values).toEqual(expected.values); // found again
        },
      ),
      { numRuns: 150 },
    );
  });

  test.each([64, 65, 147])('of %i columns go to their places', (columns) => {
    const ids = Uint32Array.from({ length: 2 * 517 }, (_, i) => (i % 11 === 5 ? none : i));
    const [picked, seeds] = [
      Array.from({ length: columns }, (_, i) => (i >> 2) % 2),
      [...Array(columns).keys()],
    ];
    const say = (indices: Indices) => indices.pick(picked).hash(seeds).and(4095) as IndicesInMemory;
    expect(say(lazy(ids, 517, 2)).values).toEqual(say(new HostIndices(ids, 517, 2)).values);
  });

  test('give floats, scaled, with the bits of two operations after them', async () => {
    const backend = await openWith(addon, 2, { instructionSet: set });
    const ids = Uint32Array.from({ length: 2 * 301 }, (_, i) => Math.imul(i, 2654435761) >>> 0);
    const seeds = [...Array(83).keys()];
    const [x, y] = [2 ** -19, 2 ** -20 - 1];
    for (const mask of [2 ** 20 - 1, 2 ** 24 - 1]) {
      const say = (indices: Indices) =>
        indices
          .pick(seeds.map((i) => i % 2))
          .hash(seeds)
          .and(mask);
      const found = scaledFloats(
        say(LazyIndices.of(ids, 301, 2, backend.indexLoops as EvaluatingLoops)),
        x,
        y,
      );
      const expected = tf.add(tf.mul(say(new HostIndices(ids, 301, 2)).toFloats(), x), y);
      expect(found.shape).toEqual([301, 83]);
      expect(found.dataSync()).toEqual(expected.dataSync());
    }
    const odd = LazyIndices.of(ids, 301, 2, backend.indexLoops as EvaluatingLoops);
    expect(() => scaledFloats(odd, 3, 0)).toThrow('3 is no power of two');
  });

  test('refuse operands that do not fit, and indices outside of a map', () => {
    const two = lazy(Uint32Array.of(1, 2, 3, 51), 2, 2);
    expect(() => two.plus([1])).toThrow(RangeError);
    expect(() => two.mod([1, 0])).toThrow('a divisor must be a positive integer, not 0');
    expect(() => two.pick([2])).toThrow('there are fields 0 to 1, not 2');
    expect(() => two.orElse([true], two)).toThrow(RangeError);
    expect(() => two.through(map).values).toThrow('index 51 is outside a map of 50 entries');
    expect(() =>
      LazyIndices.of(new Uint32Array(5), 2, 2, nativeIndexLoops(addon) as EvaluatingLoops),
    ).toThrow(RangeError);
  });

  test('join columns of other ids', () => {
    const [a, b] = [lazy(Uint32Array.of(1, 2), 1, 2), lazy(Uint32Array.of(3, 4), 1, 2)];
    expect((a.plus(1).orElse([false, true], b.plus(1)) as IndicesInMemory).values).toEqual(
      Uint32Array.of(4, 3),
    );
  });
});
