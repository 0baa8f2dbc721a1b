import * as tf from '../../tensors/index.ts';
import type { Indices } from '../contract/indices.ts';

/**
 * Indices as floats, `times` each, and `plus`: [batch, fields]. `times` is a power of two, so that products are exact: sums are rounded
 * once, with one operation or two. Exact for indices below 2^24; not for `none`.
 */
export function scaledFloats(indices: Indices, times: number, plus: number): tf.Tensor2D {
  return (
    indices.toScaledFloats?.(times, plus) ?? tf.tidy(() => tf.add(tf.mul(indices.toFloats(), times), plus))
  );
}
