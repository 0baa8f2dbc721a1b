import { UserError } from '../../../base/user-error.ts';
import type { RunRecord } from '../../../results/record.ts';
import { killedForMemory } from './killed-runs.ts';
import { hasResult, recordsById } from './merge.ts';
import { readPlan } from '../plan/plan-file.ts';
import { loadPluginsOfPlan } from '../plan/plan-plugins.ts';
import { runsOfShards } from '../tasks/shards.ts';
import { type Queued, queuedJobs } from '../slurm/slurm.ts';
import { jobName, submissionsOf } from '../submission/submissions.ts';
import { selectorOf } from '../kubernetes/submit-as-file.ts';
import { waitingJobs } from '../plan/waiting-jobs.ts';

export interface MissingRun {
  readonly id: string;
  readonly title: string;
  /** Present if Slurm's log says that the run's task was killed for its memory. */
  readonly killed?: 'for memory';
}

export interface Status {
  /** Runs with a result, merged or still in a shard, by status. */
  readonly results: ReadonlyMap<RunRecord['status'], number>;
  /** Runs that are in a shard alone. */
  readonly unmerged: number;
  /** Runs that can run now and have no result. */
  readonly missing: readonly MissingRun[];
  /** An estimate of the runs that follow from those. */
  readonly later: number;
  /** Jobs in Slurm's queue, or why they are unknown. */
  readonly queue: readonly Queued[] | string;
}

/** The state of a plan, from plan and records alone. Slurm's queue is shown beside it and decides nothing. */
export async function statusOf(directory: string): Promise<Status> {
  const plan = readPlan(directory);
  await loadPluginsOfPlan(plan);
  const merged = recordsById(directory);
  const records = new Map(merged);
  let unmerged = 0;
  for (const { record } of runsOfShards(directory)) {
    const before = records.get(record.id);
    if (before !== undefined && (hasResult(before) || !hasResult(record))) continue;
    if (!merged.has(record.id)) unmerged++;
    records.set(record.id, record);
  }
  const results = new Map<RunRecord['status'], number>();
  for (const { status } of records.values()) results.set(status, (results.get(status) ?? 0) + 1);
  const { jobs, later } = waitingJobs(plan, records, true);
  const killed = killedForMemory(directory, new Set(jobs.map(({ id }) => id)));
  const missing = jobs.map(({ id, method, reference, compression, seed, learningRate }) => {
    const of = reference === undefined || reference === method ? '' : `${reference}: `;
    const title = `${of}${method} ${compression}x seed ${seed} rate ${learningRate}`;
    return { id, title, ...(killed.has(id) && { killed: 'for memory' as const }) };
  });
  return { results, unmerged, missing, later, queue: await queueOf(directory) };
}

async function queueOf(directory: string): Promise<readonly Queued[] | string> {
  const last = submissionsOf(directory).at(-1);
  if (last?.asFile)
    return last.kubernetes === undefined
      ? 'tasks are commands of a file'
      : `Kubernetes knows it: kubectl get jobs -l ${selectorOf(directory)}`;
  try {
    return await queuedJobs(jobName(directory));
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
