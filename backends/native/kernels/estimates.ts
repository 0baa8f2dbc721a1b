import type * as tf from '../../../tensors/index.ts';
import type { OptimizerRule } from '../../../harness/contract/backend.ts';
import type { NativeBackend } from '../backend.ts';
import type { StepNumbers } from '../../../harness/contract/step-replay.ts';
import type { Addon } from '../addon.ts';
import { stepArguments } from '../rows.ts';
import { register } from './register.ts';
import type { StepAttributes } from './training.ts';

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
    const { rule, numbers } = attributes as unknown as StepAttributes;
    const [input, output] = variable.shape;
    backend.loop(
      estimateStep,
      backend.addon,
      ownFloats(backend, variable),
      backend.floats(inputs),
      backend.floats(outputs),
      backend.floats(sigma),
      Object.values(states).map((state) => ownFloats(backend, state)),
      [input, output, sigma.shape[0]],
      rule,
      numbers,
    );
    return [];
  });
}

function estimateStep(
  addon: Addon,
  weights: Float32Array,
  inputs: Float32Array,
  outputs: Float32Array,
  sigma: Float32Array,
  states: readonly Float32Array[],
  [input, output, k]: readonly number[],
  rule: OptimizerRule,
  { learningRate, step }: StepNumbers,
): void {
  const at = stepArguments(rule, learningRate, step);
  addon.estimateStep(weights, inputs, outputs, sigma, states, input, output, k, ...at);
}

/** Floats that change in place: another tensor that shared the memory would change too. */
function ownFloats(backend: NativeBackend, tensor: tf.TensorInfo): Float32Array {
  if (backend.refCount(tensor.dataId) !== 1)
    throw new Error('a variable that shares its memory with another tensor cannot be updated in place');
  return backend.floats(tensor);
}
