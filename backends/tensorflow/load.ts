import { createRequire } from 'node:module';
import * as tf from '../../tensors/index.ts';
import { packageName } from './installation.ts';
import type { Binding, PackageBackend } from './operations.ts';
import { restoreRemovedFunctions } from './removed-functions.ts';

/**
 * Registers the package's backend and kernels with tfjs, on an add-on of ours. The package's own entry would look for one
 * in node_modules, make itself the backend of the process and register what a benchmark has no use for.
 *
 * Throws what the dynamic linker or TensorFlow says.
 */
export function registerTensorflow(bindingFile: string): Binding {
  const load = createRequire(import.meta.url);
  restoreRemovedFunctions();
  const binding = load(bindingFile) as Binding;
  const { NodeJSKernelBackend } = load(`${packageName}/dist/nodejs_kernel_backend.js`) as {
    NodeJSKernelBackend: new (binding: Binding, name: string) => PackageBackend & tf.KernelBackend;
  };
  load(`${packageName}/dist/register_all_kernels.js`);
  tf.restoreGradients(); // the package loads all of tfjs, whose gradients have replaced ours
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, packageName), 0);
  return binding;
}
