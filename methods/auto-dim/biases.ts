import * as tf from '../../tensors/index.ts';
import type { Plan, Weight } from '../../harness/contract/method.ts';
import { fieldsWhere } from '../shared/rows/keep-option.ts';

/** A plan whose vectors of fields narrower than the model get a vector added that is trained, zeros at first. */
export function withBiases(plan: Plan, widths: readonly number[], dim: number): Plan {
  const projected = fieldsWhere(widths, (width) => width < dim);
  if (projected.length === 0) return plan;
  const biases: Weight = { shape: [projected.length, dim], init: { mean: 0, halfWidth: 0 } };
  const places = widths.flatMap((_, f) => projected.map((field) => (field === f ? 1 : 0)));
  return {
    ...plan,
    weights: [...(plan.weights ?? []), biases],
    embed(lookup) {
      const spread = tf.tensor2d(places, [widths.length, projected.length]);
      const ofFields = tf.matMul(spread, lookup.weight(biases)); // [fields, dim]
      return tf.add(plan.embed(lookup), tf.expandDims(ofFields, 0));
    },
  };
}
