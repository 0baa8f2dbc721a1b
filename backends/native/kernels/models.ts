import type { TensorInfo } from '../../../tensors/index.ts';
import { register } from './register.ts';

/** Parts of vectors (harness/ops): the factorization machine, the sum of first order, the input of a deep part. */
export function registerModelKernels(): void {
  register('FmInteraction', (backend, { vectors, dense, factors }) => {
    const [batch, fields, dim] = vectors.shape;
    const [y, sums] = [backend.output([batch], 'float32'), backend.output([batch, dim - 1], 'float32')];
    const given = [dense, factors].map((tensor?: TensorInfo) => tensor && backend.floats(tensor));
    backend.addon.fmInteract(
      ...[backend.floats(vectors), given[0], given[1], y.values, sums.values],
      ...([batch, fields, dim, (dense as TensorInfo | undefined)?.shape[1] ?? 0] as const),
    );
    return [y, sums];
  });

  register('FmInteractionGrad', (backend, { vectors, sums, dy, dense, factors }) => {
    const [batch, fields, dim] = vectors.shape;
    const dvectors = backend.output([batch, fields, dim], 'float32');
    const [ofSums, slopes] = [backend.floats(sums), backend.floats(dy)];
    backend.addon.fmGrad(backend.floats(vectors), ofSums, slopes, dvectors.values, batch, fields, dim);
    if (!(dense as TensorInfo | undefined)) return [dvectors];
    const [denseFields] = factors.shape;
    const dfactors = backend.output([denseFields, dim - 1], 'float32');
    backend.addon.fmGradFactors(
      ...([backend.floats(dense), backend.floats(factors), ofSums, slopes, dfactors.values] as const),
      ...([batch, fields, dim, denseFields] as const),
    );
    return [dvectors, dfactors];
  });

  register('FirstOrderSum', (backend, { vectors }) => {
    const [batch, fields, dim] = vectors.shape;
    const y = backend.output([batch], 'float32');
    backend.addon.firstOrderSum(backend.floats(vectors), y.values, batch, fields, dim);
    return y;
  });

  register('FirstOrderSumGrad', (backend, { dy }, attributes) => {
    const { fields, dim } = attributes as { fields: number; dim: number };
    const [batch] = dy.shape;
    const dvectors = backend.output([batch, fields, dim], 'float32');
    backend.addon.firstOrderGrad(backend.floats(dy), dvectors.values, batch, fields, dim);
    return dvectors;
  });

  register('DeepInput', (backend, { vectors, dense }, attributes) => {
    const [batch, fields, dim] = vectors.shape;
    const from = attributes.from as number;
    const denseFields = dense.shape[1];
    const y = backend.output([batch, fields * (dim - from) + denseFields], 'float32');
    backend.addon.deepInput(
      ...([backend.floats(vectors), backend.floats(dense), y.values] as const),
      ...([batch, fields, dim, from, denseFields] as const),
    );
    return y;
  });

  register('DeepInputGrad', (backend, { dy }, attributes) => {
    const { from, fields, dim } = attributes as { from: number; fields: number; dim: number };
    const [batch, width] = dy.shape;
    const dvectors = backend.output([batch, fields, dim], 'float32');
    const denseFields = width - fields * (dim - from);
    const sizes = [batch, fields, dim, from, denseFields] as const;
    backend.addon.deepInputGrad(backend.floats(dy), dvectors.values, ...sizes);
    return dvectors;
  });
}
