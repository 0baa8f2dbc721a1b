import type { FurtherOfField } from '../../../harness/contract/data.ts';
import { register } from './register.ts';

/**
 * Sums of pooled fields (harness/ops/pool-values.ts) as loops of JavaScript over the values themselves: a batch has a few hundred further
 * ones, so that calls of ordinary operations, nine for a field, take longer than their work.
 */
export function registerPooledKernels(): void {
  register('PoolValues', (backend, { x }, attributes) => {
    const { size, pooled } = attributes as unknown as { size: number; pooled: readonly FurtherOfField[] };
    const [, fields, dim] = x.shape;
    const y = backend.output([size, fields, dim], 'float32');
    backend.loop(pool, backend.floats(x), y.values, pooled, size, fields * dim, dim);
    return y;
  });

  register('PoolValuesGrad', (backend, { dy }, attributes) => {
    const { rows, pooled } = attributes as unknown as { rows: number; pooled: readonly FurtherOfField[] };
    const [size, fields, dim] = dy.shape;
    const dx = backend.output([rows, fields, dim], 'float32');
    backend.loop(spread, backend.floats(dy), dx.values, pooled, size, fields * dim, dim);
    return dx;
  });
}

type Pooled = readonly FurtherOfField[];

/** `width`: floats of a row, a vector of `dim` for each field. */
function pool(
  from: Float32Array,
  to: Float32Array,
  pooled: Pooled,
  ...[size, width, dim]: [size: number, width: number, dim: number]
): void {
  to.set(from.subarray(0, size * width));
  for (const { field, samples, pool } of pooled) {
    for (let value = 0; value < samples.length; value++) {
      const own = samples[value] * width + field * dim;
      const further = (size + value) * width + field * dim;
      for (let i = 0; i < dim; i++) to[own + i] += from[further + i];
    }
    if (pool === 'mean') divide(to, { field, samples }, { size, width, dim });
  }
}

function spread(
  from: Float32Array,
  to: Float32Array,
  pooled: Pooled,
  ...[size, width, dim]: [size: number, width: number, dim: number]
): void {
  to.set(from);
  to.fill(0, size * width);
  for (const { field, samples, pool } of pooled) {
    if (pool === 'mean') divide(to, { field, samples }, { size, width, dim });
    for (let value = 0; value < samples.length; value++) {
      const own = samples[value] * width + field * dim;
      to.copyWithin((size + value) * width + field * dim, own, own + dim);
    }
  }
}

/** Divides the vectors of a field by the number of their values. */
function divide(
  vectors: Float32Array,
  { field, samples }: Pick<FurtherOfField, 'field' | 'samples'>,
  { size, width, dim }: { readonly size: number; readonly width: number; readonly dim: number },
): void {
  const counts = new Uint32Array(size).fill(1);
  for (const sample of samples) counts[sample]++;
  for (let sample = 0; sample < size; sample++)
    for (let i = 0, at = sample * width + field * dim; i < dim; i++) vectors[at + i] /= counts[sample];
}
