import { register } from './register.ts';
import { stepArguments } from '../rows.ts';
import type { OptimizerRule } from '../../../harness/contract/backend.ts';

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
    loss.values[0] = backend.addon.crossEntropy(backend.floats(logits), backend.floats(labels), count);
    return loss;
  });

  register('BinaryCrossEntropyGrad', (backend, { logits, labels, dy }) => {
    const [count] = logits.shape;
    const d = backend.output([count], 'float32');
    const [slope] = backend.floats(dy);
    backend.addon.crossEntropyGrad(backend.floats(logits), backend.floats(labels), slope, d.values, count);
    return d;
  });

  register('OptimizerStep', (backend, { variable, gradient, ...states }, attributes) => {
    // The update is in place: another tensor that shares the memory would change too.
    if (backend.refCount(variable.dataId) !== 1)
      throw new Error('a variable that shares its memory with another tensor cannot be updated in place');
    const { rule, learningRate, step } = attributes as {
      rule: OptimizerRule;
      learningRate: number;
      step: number;
    };
    const width = variable.shape.at(-1) ?? 1;
    const values = backend.floats(variable);
    backend.addon.updateDense(
      values,
      backend.floats(gradient),
      Object.values(states).map((state) => backend.floats(state)),
      values.length / width,
      width,
      ...stepArguments(rule, learningRate, step),
    );
    return [];
  });
}
