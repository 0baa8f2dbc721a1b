import { beforeAll, describe, expect, test } from 'vitest';
import { cpu } from '../../backends/cpu.ts';
import { random } from '../../base/random.ts';
import type { Program } from '../../serving/program/program.ts';
import { IndexOperations } from '../../serving/reader/index-operations.ts';
import { runProgram } from '../../serving/reader/run-program.ts';
import { heldMaps } from '../../serving/reader/sets.ts';
import { programOf, type Sized } from '../../serving/trace/program-of.ts';
import { Recorded } from '../../serving/trace/recorded.ts';
import { tracedIn } from '../../serving/trace/trace-layer.ts';
import * as tf from '../../tensors/index.ts';

/** Programs of computations on rows: what they have to refuse, and numbers that JSON does not have. */

beforeAll(() => cpu.open({}));

type Compute = (x: tf.Tensor2D, rows: number) => tf.Tensor;

/** `compute` on rows of two floats, traced with batches of these sizes; as it is read from JSON. */
function traced(compute: Compute, sizes: readonly [number, number, number] = [5, 7, 16]): Program {
  const [first, second, third] = sizes.map((rows): Sized => {
    const recorded = new Recorded();
    const dense = recorded.next();
    const stream = random(rows);
    const batch = tracedIn(recorded, { dense }, () => {
      const x = tf.tensor2d(Float32Array.from({ length: 2 * rows }, () => stream.normal()), [rows, 2]); // prettier-ignore
      recorded.know(x, dense);
      return compute(x, rows);
    });
    return [batch, rows];
  });
  return JSON.parse(JSON.stringify(programOf(first, second, third).program)) as Program;
}

function ran(program: Program, x: readonly number[]): number[] {
  const none = () => {
    throw new Error('nothing is stored');
  };
  const stored = { operations: new IndexOperations(heldMaps([])), rowsOf: none, weight: none, variable: none, array: none }; // prettier-ignore
  const dense = { data: Float32Array.from(x), shape: [x.length / 2, 2] };
  return [...runProgram(program, { dense }, x.length / 2, stored).data];
}

test('a program carries out for any number of rows what was traced', () => {
  const program = traced((x, rows) => tf.max(tf.concat([x, tf.fill([rows, 1], 2)], 1), 1));
  expect(ran(program, [1, 5, -3, 0])).toEqual([5, 2]);
  expect(ran(program, [1, 1])).toEqual([2]);
});

describe('a size that the rows do not decide is refused', () => {
  const cut =
    (sizeOf: (rows: number) => number): Compute =>
    (x, rows) =>
      tf.sum(tf.slice(x, [0, 0], [sizeOf(rows), 2]), 1);

  test.each([
    ['though two batches look as if they did', (rows: number) => (rows === 16 ? 4 : rows - 1), /^sizes of 5, 7 and 16 rows do not go with the rows$/],
    ['in the third batch', (rows: number) => (rows === 16 ? 9 : rows - 1), /^Slice: 4 and 9 for 5 and 16 rows$/],
    ['in the second', (rows: number) => Math.ceil(rows / 3), /^Slice, size: 2 and 3 for 5 and 7 rows$|^Slice: 2 and 3 for 5 and 7 rows$/],
  ] as const)('%s', (_, sizeOf, complaint) => {
    expect(() => traced(cut(sizeOf))).toThrow(complaint);
  }); // prettier-ignore
});

test('an array that changes with the batch is refused', () => {
  expect(() => traced((x, rows) => tf.mul(x, tf.tensor2d([rows, 1], [1, 2])))).toThrow(
    'an array of the lookup depends on the batch',
  );
});

test.each([Infinity, -Infinity, NaN, -0])('%d is kept: in arrays', (value) => {
  const program = traced((_, rows) => tf.add(tf.fill([rows, 1], value), tf.zeros([rows, 1])));
  const filled = traced((x, rows) => tf.concat([tf.tensor2d(new Float32Array(rows).fill(value), [rows, 1]), x], 1)); // prettier-ignore
  expect(ran(program, [1, 2])[0] + 0).toBe(value + 0);
  expect(Object.is(ran(filled, [1, 2])[0], value)).toBe(true);
});

test('infinity is kept: as an attribute', () => {
  const program = traced((x) => tf.clipByValue(x, 0, Infinity));
  expect(ran(program, [-3, 70])).toEqual([0, 70]);
  const padded = traced((x) => tf.pad(x, [[0, 0], [1, 0]], -Infinity)); // prettier-ignore
  expect(ran(padded, [1, 2])).toEqual([-Infinity, 1, 2]);
});

test('an operation that the reader does not know is named', () => {
  expect(() =>
    ran(
      traced((x) => tf.engine().runKernel('Pow', { a: x, b: x })),
      [1, 2],
    ),
  ).toThrow('this reader does not know the operation Pow; use a newer one');
});
