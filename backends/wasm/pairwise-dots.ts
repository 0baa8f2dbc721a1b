import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * The pairwise interaction and its gradient (harness/ops/pairwise-dots.ts) as loops over the wasm heap: the composition
 * spends most of its time in tfjs's gather of columns.
 */
export function registerPairwiseDots(): void {
  register('PairwiseDots', (backend, { vectors }) => {
    const [batch, count, dim] = vectors.shape;
    const output = backend.makeOutput([batch, (count * (count - 1)) / 2], 'float32');
    dots(heap(backend, vectors), heap(backend, output), batch, count, dim);
    return output;
  });
  register('PairwiseDotsGrad', (backend, { vectors, dy }) => {
    const [batch, count, dim] = vectors.shape;
    const output = backend.makeOutput(vectors.shape, 'float32');
    // Views are taken after the output is made: making it may grow the heap, which detaches older views.
    dotsGradient(heap(backend, vectors), heap(backend, dy), heap(backend, output), batch, count, dim);
    return output;
  });
}

type Run = (backend: BackendWasm, inputs: Record<string, tf.TensorInfo>) => tf.TensorInfo;

function register(kernelName: string, run: Run): void {
  if (tf.getKernel(kernelName, 'wasm') !== undefined) return;
  const kernelFunc: tf.KernelFunc = ({ inputs, backend }) =>
    run(backend as BackendWasm, inputs as Record<string, tf.TensorInfo>);
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

const heap = (backend: BackendWasm, tensor: tf.TensorInfo) =>
  backend.typedArrayFromHeap(tensor) as Float32Array;

/** x: [batch, count, dim] -> y: [batch, pairs] */
function dots(x: Float32Array, y: Float32Array, batch: number, count: number, dim: number): void {
  let to = 0;
  for (let sample = 0; sample < batch; sample++) {
    const first = sample * count * dim;
    for (let i = 1; i < count; i++) {
      const left = first + i * dim;
      for (let j = 0, right = first; j < i; j++, right += dim) {
        let sum = 0;
        for (let k = 0; k < dim; k++) sum += x[left + k] * x[right + k];
        y[to++] = sum;
      }
    }
  }
}

/** x: [batch, count, dim], dy: [batch, pairs] -> dx: [batch, count, dim] */
function dotsGradient(
  x: Float32Array,
  dy: Float32Array,
  dx: Float32Array,
  batch: number,
  count: number,
  dim: number,
): void {
  dx.fill(0);
  let from = 0;
  for (let sample = 0; sample < batch; sample++) {
    const first = sample * count * dim;
    for (let i = 1; i < count; i++) {
      const left = first + i * dim;
      for (let j = 0, right = first; j < i; j++, right += dim) {
        const slope = dy[from++];
        for (let k = 0; k < dim; k++) {
          dx[left + k] += slope * x[right + k];
          dx[right + k] += slope * x[left + k];
        }
      }
    }
  }
}
