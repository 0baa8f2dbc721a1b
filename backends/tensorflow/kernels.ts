import * as tf from '../../tensors/index.ts';
import type { Operations } from './operations.ts';

/**
 * The harness's own operations, where TensorFlow has better than their composition: tfjs's `step` takes four kernels of
 * the package, a sixth of a training step in all; TensorFlow masks by a Relu's output in one.
 */
export function registerKernels(operations: Operations): void {
  tf.registerKernel({
    kernelName: 'DenseLayerGradInput',
    backendName: 'tensorflow',
    kernelFunc: ({ inputs }) => {
      const { dz, weights, mask } = inputs as { dz: tf.Tensor; weights: tf.Tensor; mask?: tf.Tensor };
      const type = operations.type('T', 'float32');
      const transposed = operations.boolean('transpose_b', true);
      const dx = operations.tensor('MatMul', [type, transposed], [dz, weights]);
      if (mask === undefined) return dx;
      const masked = operations.tensor('ReluGrad', [type], [dx, mask]);
      dx.dispose();
      return masked;
    },
  });
}
