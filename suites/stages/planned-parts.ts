import type { Job } from '../job.ts';
import { askOfPlans, type PreparedLog } from '../running/plan-process.ts';
import { planKey, type TrainedParts } from './sharing-jobs.ts';

/**
 * Finds what the first stages of jobs train. Empty if there is one plan alone, or if its process cannot open the data. `program`:
 * another process in tests.
 */
export async function plannedParts(
  jobs: readonly Job[],
  log: PreparedLog,
  signal: AbortSignal,
  program = 'suites/stages/worker.ts',
): Promise<TrainedParts> {
  const planned = [...new Map(jobs.map((job) => [planKey(job), job])).values()];
  if (planned.length < 2) return new Map();
  const parts = await askOfPlans<string>(program, { jobs: planned, ...log }, signal);
  return new Map(parts.map((part, i) => [planKey(planned[i]), part]));
}
