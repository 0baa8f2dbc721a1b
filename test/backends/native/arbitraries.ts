import fc from 'fast-check';
import type { Given, Type } from './on-both.ts';

/** Sides of 0 and 1 are where shapes go wrong. */
export const side = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 5 }) },
  fc.constantFrom(0, 1, 17),
);
export const shapeOf = (minRank: number, maxRank: number) =>
  fc.array(side, { minLength: minRank, maxLength: maxRank });

const special = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.5,
  2.5,
  6,
  NaN,
  Infinity,
  -Infinity,
  3e38,
  -3e38,
  1e-40,
  1e10,
  -104,
  89,
];
export const anyFloat = fc.oneof(
  { weight: 3, arbitrary: fc.float({ min: -20, max: 20, noNaN: true }) },
  fc.constantFrom(...special.map(Math.fround)),
);
/** Few bits: sums and products of some are exact in floats, in any order. */
export const eighth = fc.integer({ min: -32, max: 32 }).map((i) => i / 8);
export const anyInt = fc.oneof(
  fc.integer({ min: -9, max: 9 }),
  fc.constantFrom(0, 1000, -70000, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)),
);
export const smallInt = fc.integer({ min: -9, max: 9 });
export const truth = fc.constantFrom(0, 1);

export const filled = (
  shape: readonly number[],
  dtype: Type,
  value: fc.Arbitrary<number>,
): fc.Arbitrary<Given> => {
  const length = shape.reduce((product, side) => product * side, 1);
  return fc
    .array(value, { minLength: length, maxLength: length })
    .map((values) => ({ shape, dtype, values }));
};

/** Arrays of any shape. */
export const tensor = (
  dtype: Type,
  value: fc.Arbitrary<number>,
  minRank = 0,
  maxRank = 4,
): fc.Arbitrary<Given> => shapeOf(minRank, maxRank).chain((shape) => filled(shape, dtype, value));

/** A shape that `shape` is stretched from: sides of 1, missing sides in front. */
const stretchedFrom = (shape: readonly number[]) =>
  fc
    .tuple(
      fc.nat({ max: shape.length }),
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    )
    .map(([missing, ones]) => shape.map((side, d) => (ones[d] ? 1 : side)).slice(missing));

/** Two tensors that can be stretched to one shape. */
export const pair = (
  dtype: Type,
  first: fc.Arbitrary<number>,
  second = first,
): fc.Arbitrary<[Given, Given]> =>
  shapeOf(0, 4)
    .chain((shape) =>
      fc.oneof(
        fc.constant([shape, shape]),
        stretchedFrom(shape).map((b) => [shape, b]),
        stretchedFrom(shape).map((a) => [a, shape]),
        fc.tuple(stretchedFrom(shape), stretchedFrom(shape)),
      ),
    )
    .chain(([a, b]) => fc.tuple(filled(a, dtype, first), filled(b, dtype, second)));

/** Some of a tensor's axes, in any order, one or more of them counted from the back. */
export const axesOf = (rank: number) =>
  fc
    .subarray(
      Array.from({ length: rank }, (_, d) => d),
      { minLength: 0 },
    )
    .chain((axes) =>
      fc.tuple(fc.constant(axes), fc.array(fc.boolean(), { minLength: rank, maxLength: rank })),
    )
    .map(([axes, fromBack]) => axes.map((axis) => (fromBack[axis] ? axis - rank : axis)));
