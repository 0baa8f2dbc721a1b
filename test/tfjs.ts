/**
 * All of tfjs-core, with all of its gradients: for tests of kernels that the project itself does not ask for. The package is
 * loaded without its types, which would add chained operations to the tensors of the whole project.
 */
import { createRequire } from 'node:module';

createRequire(import.meta.url)('@tensorflow/tfjs');

export * from '@tensorflow/tfjs-core';
