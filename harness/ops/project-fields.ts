import * as tf from '@tensorflow/tfjs';
import { kernelOr } from './kernel.ts';

/**
 * Each field's vectors times that field's matrix:
 * x: [batch, fields, in], matrices: [fields, in, out] -> [batch, fields, out].
 * Backends may bring kernels `ProjectFields` (inputs `x`, `matrices`) and, for its gradients, `ProjectFieldsGradX` (inputs
 * `dy`, `matrices`) and `ProjectFieldsGradMatrices` (inputs `x`, `dy`).
 */
export function projectFields(x: tf.Tensor3D, matrices: tf.Tensor3D): tf.Tensor3D {
  const op = tf.customGrad((...args) => {
    const [x, matrices, save] = args as unknown as [tf.Tensor3D, tf.Tensor3D, tf.GradSaveFunc];
    save([x, matrices]);
    return {
      value: kernelOr('ProjectFields', { x, matrices }, () =>
        fieldsFirst(tf.matMul(fieldsFirst(x), matrices)),
      ),
      gradFunc: (dy, [x, matrices]) => [
        kernelOr('ProjectFieldsGradX', { dy, matrices }, () =>
          fieldsFirst(tf.matMul(fieldsFirst(dy), matrices, false, true)),
        ),
        kernelOr('ProjectFieldsGradMatrices', { x, dy }, () =>
          tf.matMul(fieldsFirst(x), fieldsFirst(dy), true, false),
        ),
      ],
    };
  });
  return op(x, matrices) as tf.Tensor3D;
}

/** [batch, fields, n] to [fields, batch, n], or back. */
const fieldsFirst = (x: tf.Tensor) => tf.transpose(x, [1, 0, 2]);
