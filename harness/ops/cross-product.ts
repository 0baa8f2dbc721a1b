import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * The end of a cross layer of DCN V2 (Wang et al., WWW 2021): x_0 o u + x, number by number; u is what the layer's matrix makes
 * of x. All are [batch, n].
 */
export function crossProduct(x0: tf.Tensor2D, u: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  const op = tf.customGrad((...args) => {
    const [x0, u, x, save] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([x0, u]);
    return {
      value: crossed(x0, u, x),
      gradFunc: (dy: tf.Tensor, [x0, u]: tf.Tensor[]) => {
        const [ofU, ofX0] = crossGradients(dy as tf.Tensor2D, x0 as tf.Tensor2D, u as tf.Tensor2D);
        return [ofX0, ofU, dy];
      },
    };
  });
  return op(x0, u, x);
}

/** x_0 o u + x. Backends may bring a kernel `CrossProduct` (inputs `x0`, `u`, `x`). */
export function crossed(x0: tf.Tensor2D, u: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor2D {
  return kernelOr<tf.Tensor2D>('CrossProduct', { x0, u, x }, () => tf.tidy(() => tf.add(tf.mul(x0, u), x)));
}

/**
 * The gradients of u, dy o x_0, and of x_0, dy o u plus `before`, where it has one of other layers already. Backends may bring a
 * kernel `CrossProductGrad` (inputs `dy`, `x0`, `u`, optional `before`; outputs for u and x_0).
 */
export function crossGradients(
  dy: tf.Tensor2D,
  x0: tf.Tensor2D,
  u: tf.Tensor2D,
  before?: tf.Tensor2D,
): tf.Tensor2D[] {
  return kernelOr<tf.Tensor2D[]>('CrossProductGrad', { dy, x0, u, ...(before && { before }) }, () =>
    tf.tidy((): tf.Tensor2D[] => {
      const ofX0: tf.Tensor2D = tf.mul(dy, u);
      return [tf.mul(dy, x0), before === undefined ? ofX0 : tf.add(ofX0, before)];
    }),
  );
}
