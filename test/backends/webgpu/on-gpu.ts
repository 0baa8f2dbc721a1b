import * as tf from '../../../tensors/index.ts';
import type { GpuBackend } from '../../../backends/webgpu/backend.ts';
import { create, expectSame, type Given, type Result, resultsOn } from '../native/on-both.ts';
import { normals } from '../native/numbers.ts';

/** Standard normal numbers, a function of the seed. */
export const given = (shape: readonly number[], seed: number): Given => ({
  shape,
  dtype: 'float32',
  values: [...normals(sizeOf(shape), seed)],
});

export const sizeOf = (shape: readonly number[]) => shape.reduce((product, side) => product * side, 1);

type Run = (...tensors: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Runs operations on the device and reads what comes of them. Throws what the device found wrong. */
export async function resultsOnGpu(inputs: readonly Given[], run: Run): Promise<Result[]> {
  await tf.setBackend('webgpu');
  const before = tf.memory().numTensors;
  const tensors = tf.tidy(() => [run(...inputs.map(create))].flat());
  await (tf.backend() as GpuBackend).synchronize();
  const results: Result[] = [];
  for (const tensor of tensors)
    results.push({
      shape: tensor.shape,
      dtype: tensor.dtype,
      values: [...(await tensor.data())].map(Number),
    });
  tf.dispose(tensors);
  if (tf.memory().numTensors !== before)
    throw new Error(`${tf.memory().numTensors - before} tensors were left`);
  return results;
}

/** The same on the device as on the cpu backend, to 1e-5 or `slack`. */
export async function expectAsOnCpu(inputs: readonly Given[], run: Run, slack = 1e-6): Promise<void> {
  const expected = await resultsOn('cpu', inputs, run);
  expectSame(await resultsOnGpu(inputs, run), expected, slack);
}

/** Values and gradients, with slopes that are all different. */
export const valueAndGradients =
  (op: Run): Run =>
  (...inputs) => {
    const { value, grads } = tf.valueAndGrads((...inputs) => {
      const y = op(...inputs) as tf.Tensor;
      const slopes = Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 1));
      return tf.sum(tf.mul(tf.tensor(slopes, y.shape), y));
    })(inputs);
    return [value, ...grads];
  };
