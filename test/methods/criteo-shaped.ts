import type { Field } from '../../harness/contract/data.ts';
import { kaggleCardinalities } from '../../suites/described/kaggle.ts';

/** Criteo Kaggle's fields at a hundredth, 337,656 ids whose counts fall as 1 / rank. */
export const criteoShaped: readonly Field[] = kaggleCardinalities.map((cardinality, f) => {
  const ids = Math.max(3, Math.ceil(cardinality / 100));
  const counts = Uint32Array.from({ length: ids }, (_, rank) => Math.floor(1e5 / (rank + 1)));
  return { name: `C${f + 1}`, cardinality: ids, counts };
});
