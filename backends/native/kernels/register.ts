import * as tf from '@tensorflow/tfjs';
import type { NativeBackend } from '../backend.ts';

export type Inputs = Record<string, tf.TensorInfo>;
export type Attributes = Record<string, unknown>;
export type Run = (
  backend: NativeBackend,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

/** Registers a kernel of the add-on's. */
export function register(kernelName: string, run: Run): void {
  tf.registerKernel({
    kernelName,
    backendName: 'native',
    kernelFunc: ({ inputs, backend, attrs }) => run(backend as NativeBackend, inputs as Inputs, attrs ?? {}),
  });
}
