import type { Field } from '../../harness/contract/data.ts';

/** Distinct ids per field of the Criteo Kaggle training file, 33,762,577 in all (facebookresearch/dlrm). */
export const kaggleCardinalities = [
  1460, 583, 10131227, 2202608, 305, 24, 12517, 633, 3, 93145, 5683, 8351593, 3194, 27, 14992, 5461306, 10,
  5652, 2173, 4, 7046547, 18, 15, 286181, 105, 142572,
] as const;

/**
 * Criteo Kaggle's fields without counts, every cardinality times `scale` (at least 3): what methods do there can be said
 * and timed without the data.
 */
export function scaledKaggleFields(scale: number): Field[] {
  const cardinalities = kaggleCardinalities.map((n) => Math.max(3, Math.round(n * scale)));
  const zeros = new Uint32Array(Math.max(...cardinalities));
  return cardinalities.map((cardinality, f) => ({
    name: `C${f + 1}`,
    cardinality,
    counts: zeros.subarray(0, cardinality),
  }));
}

export const kaggleFields: readonly Field[] = scaledKaggleFields(1);
