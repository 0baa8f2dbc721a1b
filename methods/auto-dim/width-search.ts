import * as tf from '../../tensors/index.ts';
import type { Layer, Lookup, Weight } from '../../harness/contract/method.ts';
import { computedTensor } from '../../harness/ops/computed-tensor.ts';
import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';

export interface SearchRule {
  /** Learning rate of the logits, by SGD. */
  readonly rate: number;
  /** Temperature at the end of the search; it falls from 1. */
  readonly coolest: number;
}

/** Settings of the matrices, which depend on nothing else but weights. */
export interface Mixture {
  readonly seed: number;
  readonly dim: number;
  readonly candidates: readonly number[];
  readonly coolest: number;
}

/** Widths of fields, mixed by what is known of them so far. */
export interface WidthSearch {
  /** [fields, candidates], learned on samples held out. */
  readonly logits: Weight;
  /** All that is trained. */
  readonly weights: readonly Weight[];
  readonly mixture: Mixture;
  /** Matrices that take a row of full width to the field's vector: [fields, dim, dim]. */
  readonly matrices: (lookup: Pick<Lookup, 'weight' | 'training'>) => tf.Tensor3D;
}

/**
 * Candidates of a field are the first coordinates of one row, each times a matrix of its own to the model's width, and are
 * mixed by a Gumbel-softmax of the field's logits. All of it is linear, so that one matrix per field does it. The paper
 * brings candidates to one scale by batch normalisation, here columns of matrices have norm 1: it does not depend on the
 * batch, and vectors keep the scale of a table's.
 */
export function widthSearch(
  { fields, dim, seed }: Layer,
  candidates: readonly number[],
  { rate, coolest }: SearchRule,
): WidthSearch {
  const logits: Weight = {
    shape: [fields.length, candidates.length],
    init: { mean: 0, halfWidth: 0 },
    optimizer: { rule: 'sgd', learningRate: rate },
    architecture: true,
  };
  const init = { mean: 0, halfWidth: 1 };
  const projections = candidates
    .filter((width) => width < dim)
    .map((width): Weight => {
      // A column of one number has only a sign at norm 1: its gradient is 0, and Adagrad would amplify rounding errors.
      return { shape: [fields.length, width, dim], init, ...(width === 1 && { frozen: true }) };
    });

  const weights = [...projections, logits];
  const mixture = { seed, dim, candidates, coolest };
  return { logits, weights, mixture, matrices: mixedMatrices(mixture, weights) };
}

/** The matrices of a search, by its settings and `weights` alone, in their order there. */
export function mixedMatrices(
  { seed, dim, candidates, coolest }: Mixture,
  weights: readonly Weight[],
): WidthSearch['matrices'] {
  const logits = weights.at(-1)!;
  const drawNoise = (noise: Float32Array, [index]: Float64Array) => {
    const stream = random(deriveSeed(seed, 'auto-dim', index));
    for (let i = 0; i < noise.length; i++) noise[i] = gumbel(stream.uniform());
  };
  const cool =
    (steps: number, coolest: number) =>
    (temperature: Float32Array, [index]: Float64Array) => {
      temperature[0] = Math.max(coolest, 1 - index / steps);
    };
  const probabilities = ({ weight, training }: Pick<Lookup, 'weight' | 'training'>) => {
    const plain = weight(logits) as tf.Tensor2D;
    if (training === undefined) return tf.softmax(plain);
    const { counter, steps } = training;
    const temperature = computedTensor([1], cool(steps, coolest), counter);
    const noise = computedTensor(plain.shape, drawNoise, counter);
    return tf.softmax(tf.div(tf.add(plain, noise), temperature));
  };
  return (lookup) => {
    const shares = tf.split(probabilities(lookup), candidates.length, 1); // each [fields, 1]
    const identity = tf.tensor3d(
      Float32Array.from({ length: dim * dim }, (_, at) => (at % (dim + 1) === 0 ? 1 : 0)),
      [1, dim, dim],
    );
    const matrices = candidates.map((width, m) => {
      if (width === dim) return identity;
      const matrix = lookup.weight(weights[m]) as tf.Tensor3D;
      const norms = tf.sqrt(tf.add(tf.sum(tf.square(matrix), 1, true), 1e-12));
      return tf.pad(tf.div(matrix, norms), [[0, 0], [0, dim - width], [0, 0]]); // prettier-ignore
    });
    return tf.addN(matrices.map((matrix, m) => tf.mul(matrix, tf.reshape(shares[m], [-1, 1, 1]))));
  };
}

/** A standard Gumbel number from a uniform one, of which 0 is moved to half a step. */
function gumbel(uniform: number): number {
  return -Math.log(-Math.log(uniform + 2 ** -25));
}
