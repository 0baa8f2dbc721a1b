import * as tf from '@tensorflow/tfjs';
import type { NativeBackend } from '../backend.ts';
import type { Substitutes as Contract } from '../../../harness/contract/backend.ts';
import { Fault } from '../../../harness/contract/fault.ts';

/** Kernels of the cpu backend that only make another tensor refer to the same numbers, or run none of their own. */
const aliases = new Set(['Identity', 'Reshape', 'ExpandDims']);

/** How often kernels of the cpu backend stood in for missing ones, by name; refused while `refused`. */
export class Substitutes implements Contract {
  readonly counts = new Map<string, number>();
  refused = false;

  /** Registers every kernel of the cpu backend that the add-on has none for, so that all of tfjs works. */
  register(): void {
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      const { kernelName, kernelFunc } = kernel;
      if (tf.getKernel(kernelName, 'native') !== undefined) continue;
      tf.registerKernel({
        ...kernel,
        backendName: 'native',
        kernelFunc: aliases.has(kernelName) ? kernelFunc : this.counted(kernelName, kernelFunc),
      });
    }
  }

  /** The cpu backend's kernel, counted. */
  counted(kernelName: string, kernelFunc: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      if (this.refused)
        throw new Fault(
          `the native backend has no kernel ${kernelName} of its own, and JavaScript's would be measured in its place: ` +
            'use other operations, or --backend wasm',
        );
      this.counts.set(kernelName, (this.counts.get(kernelName) ?? 0) + 1);
      const outputs = kernelFunc(params);
      for (const output of [outputs].flat()) (params.backend as NativeBackend).own(output);
      return outputs;
    };
  }
}
