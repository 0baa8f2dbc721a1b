import * as tf from '@tensorflow/tfjs';
import type { Ends } from './integer-grid.ts';

/**
 * x as it would be stored, step * round(clip(x / step)), [batch, fields, dim], with a step per field, [1, fields, 1], or one
 * for all, [1, 1, 1]. Gradients are those of Learned Step Size Quantization (Esser et al., ICLR 2020, equations 3 and 5): x
 * gets it straight through where it is not clipped. Of a step it is `gradientScale` times the sum of what is above times
 * the lowest or the highest integer where x is clipped, and round(x / step) - x / step where it is not.
 */
export function fakeQuantize(
  x: tf.Tensor3D,
  steps: tf.Tensor3D,
  { lowest, highest }: Ends,
  gradientScale = 1,
): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const [x, steps, save] = args as unknown as [tf.Tensor3D, tf.Tensor3D, tf.GradSaveFunc];
    const exact = tf.div<tf.Tensor3D>(x, steps);
    const integers = tf.round(tf.clipByValue(exact, lowest, highest));
    save([exact, integers]);
    return {
      value: tf.mul(integers, steps),
      gradFunc: (dy: tf.Tensor, [exact, integers]: tf.Tensor[]) => {
        const inside = tf.cast(tf.logicalAnd(tf.greater(exact, lowest), tf.less(exact, highest)), 'float32');
        const dx = tf.mul(dy, inside);
        // dy * integers - dy * exact where inside
        const byStep = tf.sub(tf.mul(dy, integers), tf.mul(dx, exact));
        const shared = steps.shape.flatMap((side, axis) => (side === 1 ? [axis] : []));
        return [dx, tf.mul(tf.sum(byStep, shared, true), gradientScale)];
      },
    };
  });
  return op(x, steps) as tf.Tensor3D;
}
