import { deriveSeed } from '../base/hash.ts';
import type { Data } from '../harness/contract/data.ts';
import type { Infeasible, Plan } from '../harness/contract/method.ts';
import { budgetFor } from '../harness/contract/size.ts';
import { sampleIds } from '../harness/batches/sample-ids.ts';
import { countingKeys } from './counting-keys.ts';
import { findMethod } from './find-method.ts';
import type { Job } from './job.ts';

/** The members of a job that decide its plan on given data. */
export type PlannedJob = Pick<Job, 'method' | 'options' | 'compression' | 'count' | 'dim' | 'seed'>;

/** The plan that a job trains. */
export function planFor(
  { method: name, options, compression, count, dim, seed }: PlannedJob,
  data: Data,
): Plan | Infeasible {
  const found = findMethod(name);
  const method = count === 'keys' ? countingKeys(found) : found;
  const { fields } = data;
  const layer = {
    ...{ fields, dim, seed: deriveSeed(seed, 'method') },
    budget: budgetFor({ fields, dim }, compression, count),
    sample: (rows: number) => sampleIds(data, rows),
  };
  return method.plan(layer, method.options.parse(options));
}

/** A job without what decides its plan alone: the settings by which any plan is trained. */
export function trainingOf(job: Job) {
  const plan = { method: undefined, options: undefined, compression: undefined, count: undefined };
  return { ...job, ...plan, id: undefined, reference: undefined };
}
