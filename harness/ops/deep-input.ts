import * as tf from '../../tensors/index.ts';
import { kernelOr } from './kernel.ts';

/**
 * The input of a deep part: coordinates `from` to dim of the vectors, field after field, and the dense features behind them.
 * vectors: [batch, fields, dim], dense: [batch, denseFields] -> [batch, fields (dim - from) + denseFields]. Dense features are
 * data, and get no gradient. Backends may bring kernels `DeepInput` (inputs `vectors`, `dense`; attribute `from`) and
 * `DeepInputGrad` (input `dy`; attributes `from`, `fields`, `dim`), which gives zeros for the coordinates before `from`.
 */
export function deepInput(vectors: tf.Tensor3D, dense: tf.Tensor2D, from: number): tf.Tensor2D {
  const [, fields, dim] = vectors.shape;
  if (dim === from) return dense;
  const op = tf.customGrad((...args) => {
    const [vectors] = args as unknown as [tf.Tensor3D];
    return {
      value: kernelOr('DeepInput', { vectors, dense }, () => joined(vectors, dense, from), { from }),
      gradFunc: (dy: tf.Tensor) =>
        kernelOr('DeepInputGrad', { dy }, () => taken(dy as tf.Tensor2D, fields, dim, from), {
          ...{ from, fields, dim },
        }),
    };
  });
  return op(vectors) as tf.Tensor2D;
}

function joined(vectors: tf.Tensor3D, dense: tf.Tensor2D, from: number): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, fields, dim] = vectors.shape;
    const seen = from === 0 ? vectors : tf.slice(vectors, [0, 0, from], [batch, fields, dim - from]);
    const flat: tf.Tensor2D = tf.reshape(seen, [batch, fields * (dim - from)]);
    return dense.shape[1] === 0 ? flat : tf.concat2d([flat, dense], 1);
  });
}

function taken(dy: tf.Tensor2D, fields: number, dim: number, from: number): tf.Tensor3D {
  return tf.tidy(() => {
    const [batch, width] = dy.shape;
    const columns = fields * (dim - from);
    const own = width === columns ? dy : tf.slice2d(dy, [0, 0], [batch, columns]);
    const seen: tf.Tensor3D = tf.reshape(own, [batch, fields, dim - from]);
    if (from === 0) return seen;
    const padding: [number, number][] = [
      [0, 0],
      [0, 0],
      [from, 0],
    ];
    return tf.pad(seen, padding);
  });
}
