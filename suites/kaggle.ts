import type { Field } from '../harness/contract/data.ts';

/** Distinct ids per field of the Criteo Kaggle training file, 33,762,577 in all (facebookresearch/dlrm). */
export const kaggleCardinalities = [
  1460, 583, 10131227, 2202608, 305, 24, 12517, 633, 3, 93145, 5683, 8351593, 3194, 27, 14992, 5461306, 10,
  5652, 2173, 4, 7046547, 18, 15, 286181, 105, 142572,
] as const;

const zeros = new Uint32Array(Math.max(...kaggleCardinalities));

/** Criteo Kaggle's fields without counts: what methods can do there can be said without the data. */
export const kaggleFields: readonly Field[] = kaggleCardinalities.map((cardinality, f) => ({
  name: `C${f + 1}`,
  cardinality,
  counts: zeros.subarray(0, cardinality),
}));
