import * as tf from '@tensorflow/tfjs';
import { reorderFields } from '../../harness/ops/reorder-fields.ts';

/** Vectors of some of the fields: vectors[:, i, :] belongs to position positions[i] of the result. */
export interface FieldGroup {
  readonly positions: readonly number[];
  readonly vectors: tf.Tensor3D; // [batch, positions.length, dim]
}

/** Puts groups of fields that were embedded differently back in order; every position 0 .. n-1 occurs once. */
export function joinFields(groups: readonly FieldGroup[]): tf.Tensor3D {
  const positions = groups.flatMap((group) => group.positions);
  const order = new Array<number>(positions.length);
  positions.forEach((position, i) => (order[position] = i));
  const vectors = groups.filter((group) => group.positions.length > 0).map((group) => group.vectors);
  return reorderFields(tf.concat(vectors, 1), order);
}
