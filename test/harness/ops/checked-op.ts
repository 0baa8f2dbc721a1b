import * as tf from '../../../tensors/index.ts';
import { expect } from 'vitest';
import { random } from '../../../base/random.ts';

/** Numbers of inputs, a flat array each. */
export type Arrays = number[][];

/** An operation with its definition in doubles. */
export interface OpCase {
  readonly name: string;
  readonly shapes: number[][];
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor;
  readonly definition: (...inputs: Arrays) => number[];
}

/** The operation gives what its definition does, and its gradient is that of finite differences of the definition. */
export async function checkOp({ shapes, op, definition }: OpCase): Promise<void> {
  const stream = random(11);
  const arrays = shapes.map((shape) =>
    Array.from({ length: shape.reduce((a, b) => a * b) }, () => Math.fround(stream.normal())),
  );
  const tensors = arrays.map((array, i) => tf.tensor(array, shapes[i]));
  const value = op(...tensors);
  const expected = definition(...arrays);
  expect(value.size).toBe(expected.length);
  (await value.data()).forEach((x, i) =>
    expect(Math.abs(x - expected[i])).toBeLessThan(5e-5 * Math.max(1, Math.abs(expected[i]))),
  );

  const slopes = expected.map(() => stream.normal());
  const objective = (inputs: Arrays) => definition(...inputs).reduce((sum, x, i) => sum + x * slopes[i], 0);
  const gradients = tf.grads((...inputs: tf.Tensor[]) =>
    tf.sum(tf.mul(op(...inputs), tf.tensor(slopes, value.shape))),
  )(tensors);
  for (const [input, gradient] of gradients.entries()) {
    expect(gradient.shape).toEqual(shapes[input]);
    (await gradient.data()).forEach((slope, i) => {
      const nudged = (by: number) => {
        const inputs = arrays.map((array) => [...array]);
        inputs[input][i] += by;
        return objective(inputs);
      };
      const expectedSlope = (nudged(1e-5) - nudged(-1e-5)) / 2e-5;
      expect(Math.abs(slope - expectedSlope)).toBeLessThan(1e-3 * Math.max(1, Math.abs(expectedSlope)));
    });
  }
}
