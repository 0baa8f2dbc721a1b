import * as tf from '../../../tensors/index.ts';
import { expect } from 'vitest';
import { native } from '../../tfjs-specs/native.ts';
import type { OpenBackend } from '../../../harness/contract/backend.ts';

export type Type = 'float32' | 'int32' | 'bool';

/** A tensor to be made, on whatever backend is current. */
export interface Given {
  readonly shape: readonly number[];
  readonly dtype: Type;
  readonly values: readonly number[];
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
export const create = ({ shape, dtype, values }: Given): tf.Tensor =>
  tf.tensor(arrays[dtype].from(values), [...shape], dtype);

export interface Result {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values: readonly number[];
}

/** Runs with freed memory overwritten. An accidental call of a kernel of the cpu backend is a UserError. */
export async function openNative(): Promise<OpenBackend> {
  const backend = await native.open({ threads: 3 });
  backend.fallbacks!.refused = true;
  return backend;
}

/** Runs the same operations on a backend and reads what comes of them. */
export async function resultsOn(
  backend: 'cpu' | 'native',
  given: readonly Given[],
  run: (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
): Promise<Result[]> {
  await tf.setBackend(backend);
  return tf.tidy(() =>
    [run(...given.map(create))].flat().map((tensor) => ({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: [...tensor.dataSync()].map(Number),
    })),
  );
}

/** The same shapes, types and numbers, to 1e-5 or `slack`; NaN, infinities and the sign of zeros too. */
export function expectSame(found: readonly Result[], expected: readonly Result[], slack = 0): void {
  const outline = (results: readonly Result[]) => results.map(({ shape, dtype }) => ({ shape, dtype }));
  expect(outline(found)).toEqual(outline(expected));
  found.forEach(({ values }, i) => {
    const wrong = values.findIndex((x, k) => !close(x, expected[i].values[k], slack));
    if (wrong >= 0)
      expect.fail(`output ${i}, number ${wrong}: ${values[wrong]} for ${expected[i].values[wrong]}`);
  });
}

function close(a: number, b: number, slack: number): boolean {
  if (Object.is(a, b)) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  if (a === 0 && b === 0 && slack === 0) return false; // 0 and -0
  // Numbers below 2^-126 have few digits.
  return Math.abs(a - b) <= Math.max(slack, 1e-5 * Math.max(Math.abs(a), Math.abs(b)), 2 ** -126);
}

export async function expectSameOnBoth(
  given: readonly Given[],
  run: (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
  slack = 0,
): Promise<void> {
  const expected = await resultsOn('cpu', given, run);
  expectSame(await resultsOn('native', given, run), expected, slack);
}
