import { random } from '../../base/random.ts';
import { type Floats, sizeOf } from '../../serving/reader/arrays.ts';
import * as tf from '../../tensors/index.ts';

/** Kernels of tfjs, called as programs call them. */

export function drawn(shape: readonly number[], seed: number): Floats {
  const stream = random(seed);
  return { data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * stream.normal()), shape };
}

/** The result of tfjs from some inputs. `integers`: the inputs that are integers. */
export function expected(
  name: string,
  inputs: Record<string, Floats>,
  attributes: object,
  integers: readonly string[] = [],
): Floats {
  let found: Floats | undefined;
  tf.tidy(() => {
    const tensors = Object.entries(inputs).map(([key, { data, shape }]): [string, tf.Tensor] => [
      key,
      tf.tensor(
        integers.includes(key) ? Int32Array.from(data) : data,
        [...shape],
        integers.includes(key) ? 'int32' : isTruth(name, key) ? 'bool' : 'float32',
      ),
    ]);
    const many = name === 'Concat' || name === 'AddN' || name === 'Pack';
    const given = many ? tensors.map(([, tensor]) => tensor) : Object.fromEntries(tensors);
    const made = tf
      .engine()
      .runKernel<tf.Tensor>(name, given as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
    found = { data: Float32Array.from(made.dataSync()), shape: made.shape };
  });
  return found!;
}

/** Inputs that are true or false. */
const isTruth = (name: string, key: string) =>
  name.startsWith('Logical') || (name === 'Select' && key === 'condition');
