import * as tf from '@tensorflow/tfjs';
import type { GpuBackend } from './backend.ts';

/** By name; for kernels that take a list, an array. */
export type Inputs = Record<string, tf.TensorInfo>;
export type Attributes = Record<string, unknown>;
export type Run = (
  backend: GpuBackend,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

/** Registers a kernel of ours, in place of tfjs's where it has one of that name. */
export function register(kernelName: string, run: Run): void {
  if (tf.getKernel(kernelName, 'webgpu') !== undefined) tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) => run(backend as GpuBackend, inputs as Inputs, attrs ?? {}),
  });
}
