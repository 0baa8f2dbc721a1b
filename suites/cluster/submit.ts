import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { hashOf } from '../job.ts';
import { projectRoot } from '../../base/project-root.ts';
import { shellWord } from '../../base/shell-word.ts';
import { makeFolder } from '../../files/folders.ts';
import { type Merged, mergeShards } from './merge.ts';
import { type Plan, requireSameCode } from './plan-file.ts';
import {
  type ArrayRange,
  arraysOf,
  cancelJobs,
  maxArraySize,
  queuedJobs,
  submitJob,
  wordsOf,
} from './slurm.ts';
import { addSubmission, nextName, type Submission, type SubmissionOptions } from './submissions.ts';
import { listOf, writeList } from './task-list.ts';
import { largestRound, roundsOf, waitingJobs } from './waiting-jobs.ts';

/** The outcome of a submission: jobs in the queue, or the reason why there are none. */
export type Submitted =
  | {
      readonly type: 'submitted';
      readonly submission: Submission;
      readonly runs: number;
      readonly later: number;
    }
  | { readonly type: 'complete'; readonly runs: number }
  | { readonly type: 'queued'; readonly jobs: readonly string[] };

/** A task hears so long before its time limit that it has to stop. */
const secondsLeft = 90;

/** The name of the plan's jobs in Slurm's queue: the same for every submission. */
export const jobName = (directory: string) => `embed-bench-${hashOf(directory).slice(0, 8)}`;

/**
 * Submits what waits: for every round an array of tasks, and after it a job that merges and writes the list of the next round. All
 * are submitted at once and wait for each other; rounds that find nothing to do end at once. Nothing is submitted while jobs of an earlier
 * submission are in the queue, or if all runs have a result. If Slurm refuses one, those before it are cancelled. `directory`: absolute.
 */
export async function submitPlan(
  directory: string,
  options: SubmissionOptions,
  goneHosts: readonly string[] = [],
): Promise<Submitted> {
  const queued = await queuedJobs(jobName(directory));
  if (queued.length > 0) return { type: 'queued', jobs: [...new Set(queued.map(({ job }) => job))] };
  const maxSize = await maxArraySize();
  return mergeShards(
    directory,
    (merged, plan) => submitted(directory, plan, merged, options, maxSize),
    goneHosts,
  );
}

async function submitted(
  directory: string,
  plan: Plan,
  { records }: Merged,
  options: SubmissionOptions,
  maxSize: number,
): Promise<Submitted> {
  requireSameCode(plan, directory);
  const { jobs, later } = waitingJobs(plan, records, true);
  if (jobs.length === 0) return { type: 'complete', runs: records.size };
  const name = nextName(directory);
  const first = listOf(jobs, options.bundle, Infinity);
  writeList(directory, `${name}-1`, first);
  makeFolder(join(directory, 'slurm'));
  const rounds = Math.max(1, later > 0 || plan.set.target || plan.set.equalCompute ? roundsOf(plan) : 1);
  const most = Math.ceil(largestRound(plan) / options.bundle);
  const arrays: string[] = [];
  const merges: string[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      const tasks = round === 1 ? first.tasks : most;
      const list = `${name}-${round}`;
      const after = await submitArrays(directory, { list, tasks, options, maxSize, plan }, merges.at(-1));
      arrays.push(...after);
      const next = round < rounds ? { list: `${name}-${round + 1}`, tasks: most } : undefined;
      merges.push(await submitMerge(directory, after, next, options));
    }
  } catch (error) {
    if (arrays.length + merges.length > 0) await cancelJobs([...arrays, ...merges]).catch(() => '');
    throw error;
  }
  const submission = { name, ...options, arrays, merges };
  addSubmission(directory, submission);
  return { type: 'submitted', submission, runs: jobs.length, later };
}

interface ArrayOfRuns {
  readonly list: string;
  readonly tasks: number;
  readonly options: SubmissionOptions;
  readonly maxSize: number;
  readonly plan: Plan;
}

/** Submits the tasks of a list, in several arrays where Slurm takes no larger ones. Returns their numbers. */
async function submitArrays(
  directory: string,
  { list, tasks, options, maxSize, plan }: ArrayOfRuns,
  before: string | undefined,
): Promise<string[]> {
  const submitted: string[] = [];
  const ranges = arraysOf(tasks, maxSize);
  // The limit is of one array: several share it, or, if it is below their number, follow each other.
  const inTurn = options.parallel < ranges.length;
  const limit = inTurn ? options.parallel : Math.floor(options.parallel / ranges.length);
  for (const range of ranges) {
    const after = inTurn ? (submitted.at(-1) ?? before) : before;
    const script = taskScript(directory, list, range);
    submitted.push(
      await submitJob(
        [
          `--array=0-${range.tasks - 1}${Number.isFinite(limit) ? `%${limit}` : ''}`,
          `--cpus-per-task=${plan.environment.backend.threads}`,
          `--signal=B:USR2@${secondsLeft}`,
          ...common(directory, options, '%A_%a.log'),
          ...(after === undefined ? [] : [`--dependency=afterany:${after}`]),
        ],
        script,
      ),
    );
  }
  return submitted;
}

function submitMerge(
  directory: string,
  after: readonly string[],
  next: { readonly list: string; readonly tasks: number } | undefined,
  options: SubmissionOptions,
): Promise<string> {
  const further = next
    ? ['--list', next.list, '--tasks', String(next.tasks), '--bundle', String(options.bundle)]
    : [];
  return submitJob(
    [...common(directory, options, '%j_merge.log'), `--dependency=afterany:${after.join(':')}`],
    script([...verb('merge'), directory, ...further]),
  );
}

/** Options of all jobs; the user's come later, and win, but for those that this project depends on. */
function common(directory: string, { slurm }: SubmissionOptions, log: string): string[] {
  const user = wordsOf(slurm);
  const ours = user.find((word) =>
    /^(--array|-a|--dependency|-d|--job-name|-J|--export|--output|-o)(=|$)/.test(word),
  );
  if (ours !== undefined) throw new UserError(`--slurm: leave ${ours} out, which submit sets by itself`);
  return [
    ...['--requeue', '--open-mode=append', '--nodes=1', '--ntasks=1'],
    ...user,
    ...['--export=NONE', `--job-name=${jobName(directory)}`, `--output=${join(directory, 'slurm', log)}`],
  ];
}

/** Nothing stands between Slurm and node: a signal to a shell or npm would leave the runs behind. */
function taskScript(directory: string, list: string, { first }: ArrayRange): string {
  const task = first === 0 ? '"$SLURM_ARRAY_TASK_ID"' : `"$((${first} + SLURM_ARRAY_TASK_ID))"`;
  return script([...verb('work'), directory, '--list', list, '--task'], task);
}

const verb = (name: string) => [process.execPath, join(projectRoot, 'start/verb.js'), name];

const script = (words: readonly string[], last = '') =>
  `#!/bin/sh\nexec ${[...words.map(shellWord), last].join(' ').trim()}\n`;
