import * as tf from '../../tensors/index.ts';

/**
 * The weights of first order that are no ids': a weight for each dense feature, and a bias. They begin at 0. Ids have theirs as
 * coordinate 0 of their vectors, so that a method compresses them as it does all floats of an id, and `--dim` is the number of
 * floats of an id in every model (docs/models.md says why not in a table of their own).
 */
export interface FirstOrder {
  readonly variables: readonly tf.Variable[];
  /** Their part of the log-odds: [batch], or [1] where there is nothing but a bias. Undefined where there is nothing. */
  ofDense(dense: tf.Tensor2D): tf.Tensor1D | undefined;
}

export function createFirstOrder(
  denseFields: number,
  { bias: biased }: { readonly bias: boolean },
): FirstOrder {
  const zeros = (shape: number[]) => tf.tidy(() => tf.variable(tf.zeros(shape)));
  const weights = denseFields > 0 ? zeros([denseFields, 1]) : undefined;
  const bias = biased ? zeros([1]) : undefined;
  return {
    variables: [weights, bias].filter((variable) => variable !== undefined),
    ofDense(dense) {
      const terms: tf.Tensor[] = bias === undefined ? [] : [bias];
      if (weights !== undefined) terms.push(tf.reshape(tf.matMul(dense, weights), [-1]));
      return terms.length === 0 ? undefined : (terms.reduce((sum, term) => tf.add(sum, term)) as tf.Tensor1D);
    },
  };
}

/** The sum of the terms that there are: [batch]. The first one is. */
export function sumOf(first: tf.Tensor1D, ...terms: readonly (tf.Tensor1D | undefined)[]): tf.Tensor1D {
  return terms.reduce<tf.Tensor1D>((sum, term) => (term === undefined ? sum : tf.add(sum, term)), first);
}
