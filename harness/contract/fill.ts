import type { Init } from './method.ts';
import { mix32 } from '../../base/hash.ts';

/**
 * Initial values of a table's part, from its float `from` on, for as many as there are in `values`: uniform in
 * mean ± halfWidth. Counter-based: a value depends on the part's seed and its place alone, so a table starts with the
 * same bits wherever it lives and however it is cut into pieces.
 */
export function fillUniform(values: Float32Array, { mean, halfWidth }: Init, seed: number, from = 0): void {
  const low = mean - halfWidth;
  const scale = (2 * halfWidth) / 2 ** 24;
  let counter = (seed + Math.imul(from, 0x9e3779b9)) | 0;
  for (let i = 0; i < values.length; i++) {
    counter = (counter + 0x9e3779b9) | 0;
    values[i] = low + (mix32(counter) >>> 8) * scale;
  }
}
