import type { FurtherValues } from '../../harness/contract/data.ts';

/**
 * Vectors of all values [rows, fields, dim] to one for each sample and field [size, fields, dim]: sums or means of a field's values, the
 * first ones being those of the first `size` rows.
 */
export function pool(
  vectors: Float32Array,
  [size, fields, dim]: readonly [size: number, fields: number, dim: number],
  { fields: pooled }: FurtherValues,
): Float32Array {
  const found = vectors.slice(0, size * fields * dim);
  for (const { field, pool, samples } of pooled) {
    const counts = new Uint32Array(size).fill(1);
    samples.forEach((sample, value) => {
      counts[sample]++;
      const [from, to] = [((size + value) * fields + field) * dim, (sample * fields + field) * dim];
      for (let k = 0; k < dim; k++) found[to + k] += vectors[from + k];
    });
    if (pool === 'sum') continue;
    for (let sample = 0; sample < size; sample++)
      for (let k = 0, at = (sample * fields + field) * dim; k < dim; k++) found[at + k] /= counts[sample];
  }
  return found;
}
