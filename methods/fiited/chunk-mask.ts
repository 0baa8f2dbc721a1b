import * as tf from '../../tensors/index.ts';
import { leastOfTopK } from '../../base/top-k.ts';

/** Chunks of the vectors of all ids: of an id the chunks `parts * id` and those after it. */
export interface ChunkShape {
  /** Chunks of a vector. */
  readonly parts: number;
  /** Floats of a chunk; the last one of a vector may have fewer. */
  readonly width: number;
}

/** Cuts vectors into at most `parts` chunks of equal width, the last of which may be shorter. */
export function chunkShape(dim: number, parts: number): ChunkShape {
  const width = Math.ceil(dim / parts);
  return { parts: Math.ceil(dim / width), width };
}

/** The bits of a set of chunks. */
export const wordsOf = (chunks: number): number => Math.ceil(chunks / 32);

export const isKept = (words: Uint32Array, chunk: number): number => (words[chunk >>> 5] >>> (chunk & 31)) & 1; // prettier-ignore

/**
 * Keeps the `count` chunks of highest utility, of equal ones the first. Returns those that were not kept before, ascending. Utilities
 * are 0 or more. A pass over all of them, in which nothing is allocated.
 */
export function keepBest(kept: Uint32Array, utilities: Float32Array, count: number): number[] {
  const chunks = utilities.length;
  const orders = new Uint32Array(utilities.buffer, utilities.byteOffset, chunks); // ascend with the floats
  const all = count >= chunks;
  const { least, ties } = all ? { least: 0, ties: chunks } : leastOfTopK(orders, count);
  const returned: number[] = [];
  let left = ties;
  for (let at = 0; at < kept.length; at++) {
    const first = 32 * at;
    const last = Math.min(chunks, first + 32);
    let bits = 0;
    for (let chunk = first; chunk < last; chunk++) {
      const order = orders[chunk];
      if (order > least || (order === least && left-- > 0)) bits |= 1 << (chunk - first);
    }
    let back = bits & ~kept[at];
    for (; back !== 0; back &= back - 1) returned.push(first + 31 - Math.clz32(back & -back));
    kept[at] = bits;
  }
  return returned;
}

/**
 * Vectors without the chunks whose mask is 0: [batch, fields, dim] and [batch, fields * parts]. Chunks that are left out get their
 * gradient as if they were there, so that what they would be worth is known.
 */
export function maskChunks(
  vectors: tf.Tensor3D,
  mask: tf.Tensor2D,
  { parts, width }: ChunkShape,
): tf.Tensor3D {
  const [batch, fields, dim] = vectors.shape;
  const times = (x: tf.Tensor) => {
    const ofChunks = tf.reshape(mask, [batch, fields, parts, 1]);
    if (parts * width === dim)
      return tf.reshape(tf.mul(tf.reshape(x, [batch, fields, parts, width]), ofChunks), [batch, fields, dim]); // prettier-ignore
    const whole = tf.reshape(tf.mul(ofChunks, tf.ones([1, 1, 1, width])), [batch, fields, parts * width]);
    return tf.mul(x, tf.slice(whole, [0, 0, 0], [batch, fields, dim]));
  };
  const op = tf.customGrad((...args) => {
    const [x] = args as [tf.Tensor3D];
    return { value: times(x), gradFunc: (dy: tf.Tensor) => dy };
  });
  return op(vectors) as tf.Tensor3D;
}

/** L2 norms of chunks: [rows, dim] to [rows * parts]. */
export function chunkNorms(gradients: tf.Tensor2D, { parts, width }: ChunkShape): tf.Tensor1D {
  const [rows, dim] = gradients.shape;
  const whole = parts * width === dim ? gradients : tf.pad(gradients, [[0, 0], [0, parts * width - dim]]); // prettier-ignore
  return tf.sqrt(tf.sum<tf.Tensor1D>(tf.square(tf.reshape(whole, [rows * parts, width])), 1));
}
