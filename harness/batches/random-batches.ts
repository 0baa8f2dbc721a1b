import type { Batch, Field } from '../contract/data.ts';
import { random } from '../../base/random.ts';

/**
 * Batches for timing, not for learning: ids log-uniform within their field, which is roughly how often real ones are met
 * (a Zipf exponent of 1), labels at Criteo's click rate.
 */
export function randomBatches(
  fields: readonly Field[],
  denseFields: number,
  size: number,
  count: number,
): Batch[] {
  const stream = random(7);
  return Array.from({ length: count }, () => ({
    size,
    dense: Float32Array.from({ length: size * denseFields }, () => stream.uniform()),
    ids: Uint32Array.from({ length: size * fields.length }, (_, i) => {
      const { cardinality } = fields[i % fields.length];
      return Math.min(cardinality - 1, Math.floor(cardinality ** stream.uniform() - 1));
    }),
    labels: Float32Array.from({ length: size }, () => (stream.uniform() < 0.2562 ? 1 : 0)),
  }));
}
