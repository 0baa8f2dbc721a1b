import { hash } from 'node:crypto';
import type { Data } from '../../harness/contract/data.ts';
import { isInfeasible } from '../../harness/contract/method.ts';
import { trainedPartOf } from '../../harness/training/stages/stage-name.ts';
import type { Job } from '../job.ts';
import { planFor } from '../plan-for.ts';

/**
 * A digest of what the first stage of a job's plan trains: equal for plans that train the same. Undefined where that cannot be
 * told, or where the plan cannot be made: the job's own run will say why.
 */
export function trainedPart(job: Job, data: Data): string | undefined {
  try {
    const plan = planFor({ ...job, seed: 0 }, data);
    const part = isInfeasible(plan) ? undefined : trainedPartOf(plan);
    return part === undefined ? undefined : hash('sha256', part);
  } catch {
    return undefined;
  }
}
