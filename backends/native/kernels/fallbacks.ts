import * as tf from '../../../tensors/index.ts';
import type { NativeBackend } from '../backend.ts';
import type { Fallbacks as Contract } from '../../../harness/contract/backend.ts';
import { UserError } from '../../../base/user-error.ts';
import type { Inputs, PartialKernels } from './register.ts';

/** Kernels of the cpu backend that only make another tensor refer to the same numbers, or run none of their own. */
const aliases = new Set(['Identity', 'Reshape', 'ExpandDims']);

/** How often kernels of the cpu backend stood in for missing ones, by name; refused while `refused`. */
export class Fallbacks implements Contract {
  readonly counts = new Map<string, number>();
  refused = false;

  /** Registers every kernel of the cpu backend: ours, where there is one and it takes the inputs, so that all works. */
  register(own: PartialKernels): void {
    for (const kernel of tf.getKernelsForBackend('cpu')) {
      const { kernelName, kernelFunc } = kernel;
      if (tf.getKernel(kernelName, 'native') !== undefined) continue;
      const substitute = aliases.has(kernelName) ? kernelFunc : this.counted(kernelName, kernelFunc);
      const run = Object.hasOwn(own, kernelName) ? own[kernelName] : undefined;
      tf.registerKernel({
        ...kernel,
        backendName: 'native',
        kernelFunc:
          run === undefined
            ? substitute
            : (params) =>
                run(params.backend as NativeBackend, params.inputs as Inputs, params.attrs ?? {}) ??
                substitute(params),
      });
    }
  }

  /** The cpu backend's kernel, counted. */
  private counted(kernelName: string, kernelFunc: tf.KernelFunc): tf.KernelFunc {
    return (params) => {
      if (this.refused) {
        const inputs = Object.values(params.inputs as Inputs).filter((input) => input !== undefined);
        const types = inputs.map(({ dtype, shape }) => `${dtype} [${shape.join(', ')}]`);
        throw new UserError(
          `the native backend has no kernel ${kernelName} of its own for ${types.join(' and ')}, and JavaScript's would ` +
            'be measured in its place: use other operations, or --backend wasm',
        );
      }
      (params.backend as NativeBackend).refuseStep(`${kernelName} is a kernel of the cpu backend`);
      this.counts.set(kernelName, (this.counts.get(kernelName) ?? 0) + 1);
      const outputs = kernelFunc(params);
      for (const output of [outputs].flat()) (params.backend as NativeBackend).own(output);
      return outputs;
    };
  }
}
