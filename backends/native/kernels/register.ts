import * as tf from '../../../tensors/index.ts';
import type { NativeBackend } from '../backend.ts';

/** Inputs by name; for kernels that take a list, an array. */
export type Inputs = Record<string, tf.TensorInfo>;
export type Attributes = Record<string, unknown>;
export type Run = (
  backend: NativeBackend,
  inputs: Inputs,
  attributes: Attributes,
) => tf.TensorInfo | tf.TensorInfo[];

/** A kernel of tfjs's that takes some inputs and, by returning undefined, leaves others to the cpu backend. */
export type PartialRun = (...args: Parameters<Run>) => ReturnType<Run> | undefined;
export type PartialKernels = Readonly<Record<string, PartialRun>>;

/** Registers a kernel of the add-on's that no other stands in for. */
export function register(kernelName: string, run: Run): void {
  tf.registerKernel({
    kernelName,
    backendName: 'native',
    kernelFunc: ({ inputs, backend, attrs }) => run(backend as NativeBackend, inputs as Inputs, attrs ?? {}),
  });
}
