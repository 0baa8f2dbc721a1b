import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import type { Floats } from '../../serving/reader/arrays.ts';
import { kernels } from '../../serving/reader/kernels.ts';
import { drawn, expected } from './tfjs-kernel.ts';

/** The kernels of the reader against those of tfjs on its plain backend. */

beforeAll(() => cpu.open({}));

function expectSame(
  name: string,
  inputs: Record<string, Floats>,
  attributes: object = {},
  integers: readonly string[] = [],
): void {
  const wanted = expected(name, inputs, attributes, integers);
  const found = kernels[name](inputs, attributes as Record<string, unknown>, wanted.shape);
  expect(found.shape).toEqual(wanted.shape);
  found.data.forEach((x, i) => expect(x).toBeCloseTo(wanted.data[i], 4));
}

const unary = [
  'Relu',
  'Sigmoid',
  'Tanh',
  'Exp',
  'Square',
  'Neg',
  'Abs',
  'Sign',
  'Sin',
  'Cos',
  'Floor',
  'Round',
  'Softplus',
];
test.each(unary)('%s', (name) => expectSame(name, { x: drawn([3, 4], 1) }));

test('Round takes halves to even numbers', () => {
  expectSame('Round', { x: { data: Float32Array.of(0.5, 1.5, 2.5, -0.5, -1.5, 3), shape: [6] } });
});

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 4 }),
  fc.integer({ min: 1, max: 3 }),
);
const binary = ['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum', 'Greater', 'LessEqual', 'Equal'];
test.each(binary)('%s of arrays of which axes are repeated', (name) => {
  fc.assert(
    fc.property(
      shapes,
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 0, max: 2 }),
      (shape, repeated, missing) => {
        const other = shape.map((size, axis) => ((repeated >> axis) & 1 ? 1 : size)).slice(missing);
        expectSame(name, { a: drawn(shape, 1), b: drawn(other, 2) });
        expectSame(name, { a: drawn(other, 3), b: drawn(shape, 4) });
      },
    ),
    { numRuns: 40 },
  );
});

describe.each([[0], [1], [2], [0, 2], [0, 1, 2]])('over axes %j', (...axes) => {
  test.each(['Sum', 'Max', 'Min', 'Mean'])('%s', (name) => {
    expectSame(name, { x: drawn([2, 3, 4], 5) }, { axis: axes, reductionIndices: axes, keepDims: false });
  });
});

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])('BatchMatMul, transposed %s and %s', (transposeA, transposeB) => {
  const a = drawn(transposeA ? [3, 4, 2] : [3, 2, 4], 6);
  const shape = transposeB ? [5, 4] : [4, 5];
  expectSame('BatchMatMul', { a, b: drawn([3, ...shape], 7) }, { transposeA, transposeB });
  expectSame('BatchMatMul', { a, b: drawn([1, ...shape], 8) }, { transposeA, transposeB });
});

test('arrays that are moved about', () => {
  const x = drawn([2, 3, 4], 9);
  for (const perm of [[0, 1, 2], [2, 0, 1], [1, 0, 2]]) expectSame('Transpose', { x }, { perm }); // prettier-ignore
  for (const axis of [0, 1, 2]) {
    expectSame('Concat', { 0: x, 1: drawn([2, 3, 4], 10) }, { axis });
    expectSame('ArgMax', { x }, { axis });
  }
  expectSame('Slice', { x }, { begin: [1, 0, 2], size: [1, 3, 2] });
  expectSame('Tile', { x }, { reps: [2, 1, 3] });
  expectSame('PadV2', { x }, { paddings: [[0, 1], [2, 0], [1, 1]], constantValue: 3 }); // prettier-ignore
  expectSame('AddN', { 0: x, 1: drawn([2, 3, 4], 11), 2: drawn([2, 3, 4], 12) });
  expectSame('Softmax', { logits: drawn([3, 5], 13) }, { dim: 1 });
  for (const axis of [0, 1, 2])
    expectSame(
      'GatherV2',
      { x, indices: { data: Float32Array.of(1, 0, 1), shape: [3] } },
      { axis, batchDims: 0 },
      ['indices'],
    );
});
