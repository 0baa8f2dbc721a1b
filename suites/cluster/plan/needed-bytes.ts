import { totalmem } from 'node:os';
import type { OpenBackend } from '../../../harness/contract/backend.ts';
import type { Data } from '../../../harness/contract/data.ts';
import { isInfeasible } from '../../../harness/contract/method.ts';
import { trainedBytes } from '../../../harness/contract/size.ts';
import { isOnDevice, totalOf } from '../../../harness/measuring/needed-memory.ts';
import { findModel } from '../../find-model.ts';
import type { Job } from '../../job.ts';
import { planFor } from '../../plan-for.ts';
import { neededBy } from '../../running/too-large.ts';

/** An estimate of the most bytes that the process of a run takes at once. An infeasible plan takes those of the process. */
export function neededBytes(job: Job, data: Data, backend: OpenBackend): number {
  const plan = planFor(job, data);
  if (isInfeasible(plan)) return process.memoryUsage.rss();
  const ofTables = isOnDevice(backend) ? 0 : trainedBytes(plan);
  // A network for rows of that width may be too large to be built here.
  if (ofTables > totalmem()) return ofTables;
  return totalOf(neededBy(job, { data, plan, model: findModel(job.model), backend }));
}
