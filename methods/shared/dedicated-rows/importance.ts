import * as tf from '../../../tensors/index.ts';
import type { Step } from '../../../harness/contract/method.ts';

/** Importance of a lookup: how far the loss wants its vector to move, or 1 for every lookup. */
export const importances = ['gradient', 'frequency'] as const;
export type Importance = (typeof importances)[number];

/**
 * Importance of each id of a step, [batch * fields]: the L2 norm of the gradient of its vector in units of the batch's
 * mean, so that learning rate, batch size and the fall of the loss leave a sum of them as it is; or 1. The first lookup
 * of the step has to be of all fields. Cells that only fill rows have none, and are not in the mean.
 */
export async function importanceOf(step: Step, kind: Importance): Promise<Float32Array> {
  const { ids, gradients, counted } = step;
  if (kind === 'frequency')
    return counted ? Float32Array.from(counted) : new Float32Array(ids.length).fill(1);
  const norms = tf.tidy(() => tf.sqrt(tf.sum(tf.square(gradients[0].gradient), 1)));
  const values = (await norms.data<'float32'>()).slice();
  norms.dispose();
  if (values.length !== ids.length) throw new RangeError(`${values.length} gradients of ${ids.length} ids`);
  let sum = 0;
  for (const norm of values) sum += norm;
  const count = counted ? counted.reduce((sum, one) => sum + one, 0) : values.length;
  const scale = sum > 0 ? count / sum : 0;
  for (let i = 0; i < values.length; i++) values[i] *= scale;
  return values;
}
