import * as tf from '../../../tensors/index.ts';
import type { Ends } from './integer-grid.ts';

/**
 * x as it would be stored, step * round(clip(x / step)), [batch, fields, dim], with a step and ends per field, or one for
 * all: steps are [1, fields, 1] or [1, 1, 1]. Gradients are those of Learned Step Size Quantization (Esser et al., ICLR 2020,
 * equations 3 and 5): x gets it straight through where it is not clipped. Of a step it is `gradientScale` times the sum of
 * what is above times the lowest or the highest integer where x is clipped, and round(x / step) - x / step where it is not.
 */
export function fakeQuantize(
  x: tf.Tensor3D,
  steps: tf.Tensor3D,
  ends: Ends | readonly Ends[],
  gradientScale = 1,
): tf.Tensor3D {
  const ofFields = 'lowest' in ends ? [ends] : ends;
  const bound = (of: (ends: Ends) => number) => tf.tensor3d(ofFields.map(of), [1, ofFields.length, 1]);
  const [lowest, highest] = [bound(({ lowest }) => lowest), bound(({ highest }) => highest)];
  const op = tf.customGrad((...args) => {
    const [x, steps, save] = args as unknown as [tf.Tensor3D, tf.Tensor3D, tf.GradSaveFunc];
    const exact = tf.div<tf.Tensor3D>(x, steps);
    const integers = tf.round(tf.minimum(tf.maximum(exact, lowest), highest));
    save([exact, integers, lowest, highest]);
    return {
      value: tf.mul(integers, steps),
      gradFunc: (dy: tf.Tensor, [exact, integers, lowest, highest]: tf.Tensor[]) => {
        const inside = tf.cast(tf.logicalAnd(tf.greater(exact, lowest), tf.less(exact, highest)), 'float32');
        const dx = tf.mul(dy, inside);
        // dy * integers - dy * exact where inside
        const bySteps = tf.sub(tf.mul(dy, integers), tf.mul(dx, exact));
        const shared = steps.shape.flatMap((side, axis) => (side === 1 ? [axis] : []));
        return [dx, tf.mul(tf.sum(bySteps, shared, true), gradientScale)];
      },
    };
  });
  return op(x, steps) as tf.Tensor3D;
}
