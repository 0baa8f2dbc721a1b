import * as tf from '../../tensors/index.ts';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

type Run = (
  backend: BackendWasm,
  inputs: Record<string, tf.TensorInfo>,
  attributes: Record<string, unknown>,
) => tf.TensorInfo;

/** Registers a kernel of our own on the wasm backend, once. */
export function register(kernelName: string, run: Run): void {
  if (tf.getKernel(kernelName, 'wasm') !== undefined) return;
  const kernelFunc: tf.KernelFunc = ({ inputs, backend, attrs }) =>
    run(backend as BackendWasm, inputs as Record<string, tf.TensorInfo>, attrs ?? {});
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

/**
 * A tensor's floats where they lie in the wasm heap. Take it after outputs are made: making one may grow the heap, which
 * detaches older views.
 */
export const heap = (backend: BackendWasm, tensor: tf.TensorInfo) =>
  backend.typedArrayFromHeap(tensor) as Float32Array;
