import { publishedIds } from '../../datasets/criteo/terabyte/published-days.ts';
import type { Data, Field } from '../../harness/contract/data.ts';
import type { OpenBackend } from '../../harness/contract/backend.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { totalOf } from '../../harness/measuring/needed-memory.ts';
import { defaultModel } from '../../suites/find-model.ts';
import type { Job } from '../../suites/job.ts';
import { planFor } from '../../suites/plan-for.ts';
import { neededBy } from '../../suites/running/too-large.ts';

/** Distinct ids of the fields of all 24 days of Criteo Terabyte, 882,774,559 in all (facebookresearch/dlrm, day_fea_count). */
export const terabyteCardinalities = [
  227605432, 39060, 17295, 7424, 20265, 3, 7122, 1543, 63, 130229467, 3067956, 405282, 10, 2209, 11938, 155,
  4, 976, 14, 292775614, 40790948, 187188510, 590152, 12973, 108, 36,
] as const;

/** Rows of days 0 to 22, and of day 23 in halves: the usual split. */
export const terabyteRows = { train: 4_195_197_692, validation: 89_137_319, test: 89_137_318 };

/** Bytes of the process without ids, and of the counts of an id. */
const bareProcess = 150e6;
const countBytes = 4;

/** Plans of so small a part of the ids are made, and what they need is extended to all ids: it grows with them in proportion. */
export const parts = [1 / 64, 1 / 32] as const;

function dataOf(part: number): Data {
  const cardinalities = terabyteCardinalities.map((n) => Math.max(3, Math.round(n * part)));
  const zeros = new Uint32Array(Math.max(...cardinalities));
  const fields: Field[] = cardinalities.map((cardinality, f) => ({
    ...{ name: `C${f + 1}`, cardinality, counts: zeros.subarray(0, cardinality) },
  }));
  const denseFields = Array.from({ length: 13 }, (_, i) => `I${i + 1}`);
  return { fields, denseFields, rows: terabyteRows } as unknown as Data;
}

/** The memory of a run on all ids; the reason, in words, where it has no plan. */
export type Needed = { readonly bytes: number } | { readonly reason: string };

/** The memory of runs at a width of vectors and a compression: `neededMemory` of plans on a part of the ids, extended to all. */
export function neededOnTerabyte(
  { method, options }: Pick<Job, 'method' | 'options'>,
  { dim, compression }: { readonly dim: number; readonly compression: number },
  backend: OpenBackend,
): Needed {
  const model = defaultModel;
  const job = {
    ...{ method, options, compression, dim, seed: 1, model: model.name, modelOptions: {} },
    ...{ optimizer: 'adagrad', batchSize: 2048, epochs: 1 },
  } as unknown as Job;
  const found: number[] = [];
  for (const part of parts) {
    const data = dataOf(part);
    try {
      const plan = planFor(job, data);
      if (isInfeasible(plan)) return { reason: 'infeasible' };
      found.push(totalOf(neededBy(job, { data, plan, model, backend }, bareProcess)));
    } catch {
      return { reason: 'needs the data' };
    }
  }
  const [low, high] = found;
  const perPart = (high - low) / (parts[1] - parts[0]);
  return { bytes: low + perPart * (1 - parts[0]) + countBytes * publishedIds };
}
