import type { Job } from '../job.ts';
import { loadsFurtherModules } from './code-identity.ts';
import type { ShelfSettings } from './disk-shelf.ts';
import type { PreparedLog } from '../running/plan-process.ts';
import { plannedParts } from './planned-parts.ts';
import { sharingAmong } from './sharing-jobs.ts';

/** The place of trained stages, and the groups of jobs that begin with the same one. */
export interface SharedStages {
  readonly shelf: ShelfSettings;
  /** Undefined for a job that shares with no other. */
  readonly groupOf: (job: Job) => string | undefined;
}

/** Finds which jobs of a comparison begin with the same stage; undefined if each run trains its own. */
export async function sharedStages(
  jobs: readonly Job[],
  log: PreparedLog,
  shelf: ShelfSettings,
  signal: AbortSignal,
): Promise<SharedStages | undefined> {
  // No run would share anything: see codeIdentity.
  if (shelf.limit === 0 || loadsFurtherModules()) return undefined;
  const groupOf = sharingAmong(jobs, await plannedParts(jobs, log, signal));
  return jobs.some((job) => groupOf(job) !== undefined) ? { shelf, groupOf } : undefined;
}
