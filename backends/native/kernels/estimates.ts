import type * as tf from '../../../tensors/index.ts';
import type { OptimizerRule } from '../../../harness/contract/backend.ts';
import type { NativeBackend } from '../backend.ts';
import { stepArguments } from '../rows.ts';
import { register } from './register.ts';

/** Gradients of dense layers as estimates of low rank (harness/gradients/), and steps by them, in place. */
export function registerEstimates(): void {
  register('StreamGradient', (backend, { x, dz, inputs, outputs, sigma }, { subBatch }) => {
    const [batch, input] = x.shape;
    backend.addon.streamGradient(
      backend.floats(x),
      backend.floats(dz),
      ownFloats(backend, inputs),
      ownFloats(backend, outputs),
      ownFloats(backend, sigma),
      batch,
      input,
      dz.shape[1],
      sigma.shape[0],
      subBatch as number,
    );
    return [];
  });

  register('EstimateStep', (backend, { variable, inputs, outputs, sigma, ...states }, attributes) => {
    const { rule, learningRate, step } = attributes as {
      rule: OptimizerRule;
      learningRate: number;
      step: number;
    };
    const [input, output] = variable.shape;
    backend.addon.estimateStep(
      ownFloats(backend, variable),
      backend.floats(inputs),
      backend.floats(outputs),
      backend.floats(sigma),
      Object.values(states).map((state) => ownFloats(backend, state)),
      input,
      output,
      sigma.shape[0],
      ...stepArguments(rule, learningRate, step),
    );
    return [];
  });
}

/** Floats that change in place: another tensor that shared the memory would change too. */
function ownFloats(backend: NativeBackend, tensor: tf.TensorInfo): Float32Array {
  if (backend.refCount(tensor.dataId) !== 1)
    throw new Error('a variable that shares its memory with another tensor cannot be updated in place');
  return backend.floats(tensor);
}
