import { register } from './register.ts';
import { stepArguments } from '../rows.ts';
import type { OptimizerRule } from '../../../harness/contract/backend.ts';
import type { StepNumbers } from '../../../harness/contract/step-replay.ts';
import type { Addon } from '../addon.ts';

/** The operations of a training step (harness/ops), fused. */
export function registerTrainingKernels(): void {
  register('DenseLayer', (backend, { x, weights, bias }, { activation }) => {
    const [batch, input] = x.shape;
    const output = weights.shape[1];
    const y = backend.output([batch, output], 'float32');
    backend.addon.matMul(
      backend.floats(x),
      backend.floats(weights),
      y.values,
      batch,
      output,
      input,
      false,
      false,
      backend.floats(bias),
      activation === 'relu',
    );
    return y;
  });

  register('DenseLayerGradInput', (backend, { dz, weights, mask }) => {
    const [batch, output] = dz.shape;
    const input = weights.shape[0];
    const dx = backend.output([batch, input], 'float32');
    const maskValues = mask === undefined ? undefined : backend.floats(mask);
    backend.addon.denseGradInput(
      backend.floats(dz),
      backend.floats(weights),
      maskValues,
      dx.values,
      batch,
      input,
      output,
    );
    return dx;
  });

  register('DenseLayerGradWeights', (backend, { x, dz }) => {
    const [batch, input] = x.shape;
    const output = dz.shape[1];
    const dWeights = backend.output([input, output], 'float32');
    const dBias = backend.output([output], 'float32');
    backend.addon.denseGradWeights(
      backend.floats(x),
      backend.floats(dz),
      dWeights.values,
      dBias.values,
      batch,
      input,
      output,
    );
    return [dWeights, dBias];
  });

  register('DotInteraction', (backend, { x, vectors }) => {
    const [batch, fields, dim] = vectors.shape;
    const y = backend.output([batch, dim + (fields * (fields + 1)) / 2], 'float32');
    backend.addon.interact(backend.floats(x), backend.floats(vectors), y.values, batch, fields, dim);
    return y;
  });

  register('DotInteractionGrad', (backend, { x, vectors, dy }) => {
    const [batch, fields, dim] = vectors.shape;
    const dx = backend.output([batch, dim], 'float32');
    const dvectors = backend.output([batch, fields, dim], 'float32');
    const inputs = [backend.floats(x), backend.floats(vectors), backend.floats(dy)] as const;
    backend.addon.interactGrad(...inputs, dx.values, dvectors.values, batch, fields, dim);
    return [dx, dvectors];
  });

  register('BinaryCrossEntropy', (backend, { logits, labels }) => {
    const [count] = logits.shape;
    const loss = backend.output([], 'float32');
    backend.loop(meanLoss, backend.addon, backend.floats(logits), backend.floats(labels), loss.values, count);
    return loss;
  });

  register('BinaryCrossEntropyGrad', (backend, { logits, labels, dy }) => {
    const [count] = logits.shape;
    const d = backend.output([count], 'float32');
    const slope = backend.floats(dy);
    backend.loop(
      ...([meanLossGrad, backend.addon, backend.floats(logits), backend.floats(labels)] as const),
      ...([slope, d.values, count] as const),
    );
    return d;
  });

  register('OptimizerStep', (backend, { variable, gradient, ...states }, attributes) => {
    // The update is in place: another tensor that shares the memory would change too.
    if (backend.refCount(variable.dataId) !== 1)
      throw new Error('a variable that shares its memory with another tensor cannot be updated in place');
    const { rule, numbers } = attributes as unknown as StepAttributes;
    const width = variable.shape.at(-1) ?? 1;
    const values = backend.floats(variable);
    backend.loop(
      updateDense,
      backend.addon,
      values,
      backend.floats(gradient),
      Object.values(states).map((state) => backend.floats(state)),
      values.length / width,
      width,
      rule,
      numbers,
    );
    return [];
  });
}

export interface StepAttributes {
  readonly rule: OptimizerRule;
  readonly numbers: StepNumbers;
}

function meanLoss(
  addon: Addon,
  logits: Float32Array,
  labels: Float32Array,
  loss: Float32Array,
  count: number,
): void {
  loss[0] = addon.crossEntropy(logits, labels, count);
}

function meanLossGrad(
  addon: Addon,
  logits: Float32Array,
  labels: Float32Array,
  [slope]: Float32Array,
  d: Float32Array,
  count: number,
): void {
  addon.crossEntropyGrad(logits, labels, slope, d, count);
}

function updateDense(
  addon: Addon,
  weights: Float32Array,
  gradient: Float32Array,
  states: readonly Float32Array[],
  rows: number,
  width: number,
  rule: OptimizerRule,
  { learningRate, step }: StepNumbers,
): void {
  addon.updateDense(weights, gradient, states, rows, width, ...stepArguments(rule, learningRate, step));
}
