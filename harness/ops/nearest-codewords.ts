import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * The codeword nearest to each query in its group's codebook, the first one of equals: queries [groups, batch, width], codebooks
 * [groups, codewords, width] -> [groups, batch], integers. A group has the first `counts` of its codewords, and 0 is the answer where it has
 * none. Scores stay below 1e9: a diverged training may choose others. Not differentiable. Backends may bring a kernel `NearestCodewords` (inputs `queries`, `codebooks`, `counts`), which never writes the scores of
 * all codewords.
 */
export function nearestCodewords(
  queries: tf.Tensor3D,
  codebooks: tf.Tensor3D,
  counts: readonly number[],
): tf.Tensor2D {
  return tf.tidy(() => {
    const inputs = { queries, codebooks, counts: tf.tensor1d([...counts], 'int32') };
    return kernelOr('NearestCodewords', inputs, () => composed(queries, codebooks, counts));
  });
}

function composed(queries: tf.Tensor3D, codebooks: tf.Tensor3D, counts: readonly number[]): tf.Tensor2D {
  const most = Math.max(1, ...counts);
  const scores = closeness(queries, tf.slice(codebooks, [0, 0, 0], [-1, most, -1]));
  return tf.argMax<tf.Tensor2D>(tf.add(scores, barred(counts, most)), 2);
}

/** A score per query and codeword that is largest for the nearest one, [groups, batch, codewords]: q c - |c|^2 / 2. */
export function closeness(queries: tf.Tensor3D, codebooks: tf.Tensor3D): tf.Tensor3D {
  const halfNorms = tf.expandDims(tf.div(tf.sum(tf.square(codebooks), 2), 2), 1);
  return tf.sub(tf.matMul(queries, codebooks, false, true), halfNorms);
}

/** Added to scores [groups, batch, codewords], it keeps codewords out that a group does not have: [groups, 1, codewords]. The first one of a group that has none stays. */
export function barred(counts: readonly number[], codewords: number): tf.Tensor3D {
  const values = new Float32Array(counts.length * codewords).fill(-impossible);
  counts.forEach((count, group) => values.fill(0, group * codewords, group * codewords + Math.max(1, count)));
  return tf.tensor3d(values, [counts.length, 1, codewords]);
}

/** More than scores differ by. */
const impossible = 1e9;
