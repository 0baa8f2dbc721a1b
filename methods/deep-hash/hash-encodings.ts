import * as tf from '../../tensors/index.ts';
import type { Indices } from '../../harness/contract/indices.ts';
import { scaledFloats } from '../../harness/ops/scaled-floats.ts';
import { deriveSeed, hash32 } from '../../base/hash.ts';

/** Values a hash is cut to: near the paper's 10^6, and a power of two, so that all floats are exact. */
const levels = 2 ** 20;

/**
 * Many hashes of each id as real numbers (Kang et al. 2021, section 3.2), [batch, fields] -> [batch x fields, hashes].
 * `uniform`: in [-1, 1], exactly, at the middle of one of 2^20 steps, variance 1/3; `normal`: of pairs of these, by Box
 * and Muller, variance 1. `hashes` is even.
 */
export function encode(
  ids: Indices,
  seeds: readonly (readonly number[])[],
  kind: 'uniform' | 'normal',
): tf.Tensor2D {
  const hashes = seeds[0].length;
  const each = ids.pick(seeds.flatMap((ofField, f) => ofField.map(() => f)));
  const values = each.hash(seeds.flat()).and(levels - 1); // [batch, fields x hashes], below 2^20
  return tf.tidy(() => {
    const inner = tf.reshape<tf.Rank.R2>(scaledFloats(values, 2 / levels, 1 / levels - 1), [-1, hashes]);
    return kind === 'uniform' ? inner : normal(inner);
  });
}

/** The same of ids in this process, row-major [rows, fields]. */
export function encodeHere(
  ids: Uint32Array,
  seeds: readonly (readonly number[])[],
  kind: 'uniform' | 'normal',
): tf.Tensor2D {
  const hashes = seeds[0].length;
  const steps = new Float32Array(ids.length * hashes);
  ids.forEach((id, at) => {
    const ofField = seeds[at % seeds.length];
    for (let t = 0; t < hashes; t++) steps[at * hashes + t] = hash32(id, ofField[t]) & (levels - 1);
  });
  return tf.tidy(() => {
    const values = tf.tensor2d(steps, [ids.length, hashes]);
    const inner = tf.add<tf.Tensor2D>(tf.mul(values, 2 / levels), 1 / levels - 1);
    return kind === 'uniform' ? inner : normal(inner);
  });
}

/** Seeds of the hashes of each field: [fields, hashes]. */
export function encodingSeeds(fields: readonly number[], hashes: number, seed: number): number[][] {
  return fields.map((f) => Array.from({ length: hashes }, (_, t) => deriveSeed(seed, 'deep-hash', f, t)));
}

/** Uniform numbers in (-1, 1), halves of a row side by side, to normal ones. */
function normal(uniform: tf.Tensor2D): tf.Tensor2D {
  const [radii, angles] = tf.split(uniform, 2, 1);
  const radius = tf.sqrt(tf.mul(tf.log(tf.mul(tf.add(radii, 1), 0.5)), -2));
  const angle = tf.mul(angles, Math.PI);
  return tf.concat<tf.Tensor2D>(
    [tf.mul(radius, tf.cos(angle)), tf.mul(radius, tf.sin(angle))] as tf.Tensor2D[],
    1,
  );
}
