import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TrainingEnvironment } from '../../../results/environment.ts';
import type { Need } from '../../../suites/cluster/plan/needs.ts';
import { writePlan } from '../../../suites/cluster/plan/plan-file.ts';
import { listOf, writeList } from '../../../suites/cluster/tasks/task-list.ts';
import { runTask } from '../../../suites/cluster/tasks/run-task.ts';
import { expand, type Job } from '../../../suites/job.ts';
import type { Ending } from '../../../suites/running/run-job.ts';
import type { Assignment } from '../../../suites/running/worker-protocol.ts';
import { someSettings } from '../settings.ts';

/** Plans whose runs are stand-ins, so that they take no time. */

export const set = { ...someSettings, compressions: [4], backend: 'cpu' };
/** full, mixed-dimension and hashing-trick, with two seeds. */
export const jobs = expand(set, 'f');
export const dataset = {
  name: 'planted',
  protocol: 'temporal' as const,
  fingerprint: 'f',
  rows: { train: 8, validation: 1, test: 1 },
};
export const infeasible: Ending = { type: 'infeasible', reason: 'too small', smallestBytes: 9 };
export const failed: Ending = { type: 'failed', error: 'broke' };

const environment: TrainingEnvironment = {
  ...{
    recording: 'plan',
    command: '--method md',
    createdAt: '2026-11-01T00:00:00.000Z',
    commit: null,
    dirty: null,
  },
  ...{ version: '0.1.0', node: 'v20', platform: 'linux x64', cpu: 'login node', cpus: 64, memoryBytes: 1 },
  backend: { name: 'cpu', version: '1', threads: 1 },
  data: { ...dataset, facts: {} },
};

/** A folder with a plan, gone after the test. */
export function planned(needs?: readonly Need[], checkpointMs?: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  const here = process.cwd();
  onTestFinished(() => {
    process.chdir(here); // tasks work in the folder of their plan
    rmSync(folder, { recursive: true, force: true });
  });
  const directory = join(folder, 'plan');
  mkdirSync(directory);
  const log = { dataset: 'planted', request: set.request };
  const prepared = { directory, set, jobs, references: [], log, dataset, environment, keepsScores: false };
  writePlan(prepared, { ...(needs && { needs }), ...(checkpointMs !== undefined && { checkpointMs }) });
  return directory;
}

export const listed = (directory: string, name: string, of: readonly Job[], tasks = 1) =>
  writeList(directory, name, listOf(of, Math.ceil(of.length / tasks), Infinity));

/** Carries out a task with a stand-in for its processes. Returns the methods of the runs that it made. */
export async function work(
  directory: string,
  list: string,
  task: number,
  run: (job: Job, assignment: Assignment) => Ending | Promise<Ending>,
): Promise<string[]> {
  const ran: string[] = [];
  const ignore = () => {};
  await runTask({
    ...{ directory, list, task, signal: new AbortController().signal },
    watch: () => ({ expect: ignore, skipped: ignore, started: ignore, progress: ignore, finished: ignore }),
    run: async (assignment) => {
      const { job } = assignment;
      ran.push(job.method);
      return run(job, assignment);
    },
  });
  return ran;
}
