import { join } from 'node:path';
import { UserError } from '../../../base/user-error.ts';
import { projectRoot } from '../../../base/project-root.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { makeFolder } from '../../../files/folders.ts';
import { type Merged, mergeShards } from '../records/merge.ts';
import { type Plan, readPlan, requireSameCode } from '../plan/plan-file.ts';
import { cancelJobs, maxArraySize, optionIn, queuedJobs, submitJob, wordsOf } from './slurm.ts';
import {
  jobName,
  addSubmission,
  nextName,
  type Submission,
  type SubmissionOptions,
} from '../submission/submissions.ts';
import { nodeLimits, type NodeLimits } from './slurm-nodes.ts';
import { groupsOf } from '../submission/submission-groups.ts';
import { type ArrayRange, rangesOf, sharesOf } from '../submission/array-ranges.ts';
import { asksForMemory, asksForTime, minutesOf } from '../submission/asked.ts';
import { groupedList, groupsText, type TaskGroup } from '../submission/task-groups.ts';
import { writeList } from '../tasks/task-list.ts';
import { largestRound, roundsOf, waitingJobs } from '../plan/waiting-jobs.ts';

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

/** Slurm's megabytes of a merge, which reads the scores of all runs; without a number it may get a whole node. */
const mergeMegabytes = 2000;

/**
 * Submits what waits: for every round an array of tasks, and after it a job that merges and writes the list of the next round. All
 * are submitted at once and wait for each other; rounds that find nothing to do end at once. Nothing is submitted while jobs of an earlier
 * submission are in the queue, or if all runs have a result. If Slurm refuses one, or `signal` aborts, those before it are cancelled. `directory`:
 * absolute.
 */
export async function submitPlan(
  directory: string,
  options: SubmissionOptions,
  { goneHosts = [], signal }: { readonly goneHosts?: readonly string[]; readonly signal?: AbortSignal } = {},
): Promise<Submitted> {
  readPlan(directory);
  const queued = await inQueue(directory);
  if (queued !== undefined) return queued;
  const limits = { maxArraySize: await maxArraySize(), ...(await nodeLimits(wordsOf(options.slurm))) };
  return mergeShards(
    directory,
    // Another submission may have come between, which held the recording.
    async (merged, plan) =>
      (await inQueue(directory)) ?? submitted(directory, plan, merged, options, limits, signal),
    goneHosts,
  );
}

async function inQueue(directory: string): Promise<Submitted | undefined> {
  const jobs = new Set((await queuedJobs(jobName(directory))).map(({ job }) => job));
  return jobs.size > 0 ? { type: 'queued', jobs: [...jobs] } : undefined;
}

type SlurmLimits = NodeLimits & { readonly maxArraySize: number };

async function submitted(
  directory: string,
  plan: Plan,
  { records }: Merged,
  options: SubmissionOptions,
  limits: SlurmLimits,
  signal?: AbortSignal,
): Promise<Submitted> {
  requireSameCode(plan, directory);
  const { jobs, later } = waitingJobs(plan, records, true);
  if (jobs.length === 0) return { type: 'complete', runs: records.size };
  const name = nextName(directory);
  const rounds = Math.max(1, later > 0 || plan.set.target || plan.set.equalCompute ? roundsOf(plan) : 1);
  const { facts, first, further } = groupsOf(plan, jobs, options, limits);
  writeList(directory, `${name}-1`, groupedList(jobs, first, options.bundle, facts));
  makeFolder(join(directory, 'slurm'));
  const minutes = asksForTime(options.slurm)
    ? minutesOf(
        jobs,
        Math.min(options.bundle, Math.max(jobs.length, largestRound(plan))),
        plan,
        [...records.values()],
        limits,
      )
    : undefined;
  const arrays: string[] = [];
  const merges: string[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      signal?.throwIfAborted();
      const groups = round === 1 ? first : further;
      const list = `${name}-${round}`;
      const asked = { list, groups, options, maxSize: limits.maxArraySize, plan, minutes };
      const after = await submitArrays(directory, asked, merges.at(-1));
      arrays.push(...after);
      signal?.throwIfAborted();
      const next = round < rounds ? { list: `${name}-${round + 1}`, groups: further } : undefined;
      merges.push(await submitMerge(directory, after, next, options, limits));
    }
    signal?.throwIfAborted();
  } catch (error) {
    throw await cancelled(directory, error);
  }
  const submission = { name, ...options, arrays, merges };
  addSubmission(directory, submission);
  return { type: 'submitted', submission, runs: jobs.length, later };
}

/**
 * Takes half a submission back, and returns the reason for that. By name: Slurm may have taken a job whose number never arrived, and no other jobs have
 * the name, because the queue was empty.
 */
async function cancelled(directory: string, reason: unknown): Promise<unknown> {
  const stays = await cancelJobs(jobName(directory)).then(
    () => false,
    () => true,
  );
  if (!stays || !(reason instanceof UserError)) return reason;
  // Nobody can cancel them without a controller. They do no harm: their runs are recorded, and the next submission merges them.
  return new UserError(
    `${reason.message}; a part of the jobs may be in the queue by then: they do no harm, and the same command goes on when they have ended`,
  );
}

interface ArrayOfRuns {
  readonly list: string;
  readonly groups: readonly TaskGroup[];
  readonly options: SubmissionOptions;
  readonly maxSize: number;
  readonly plan: Plan;
  readonly minutes: number | undefined;
}

/** Submits the tasks of a list: an array for every group, and several where Slurm takes no larger ones. Returns their numbers. */
async function submitArrays(
  directory: string,
  { list, groups, options, maxSize, plan, minutes }: ArrayOfRuns,
  before: string | undefined,
): Promise<string[]> {
  const submitted: string[] = [];
  const ranges = rangesOf(groups, maxSize);
  const limits = sharesOf(options.parallel, ranges);
  for (const [i, range] of ranges.entries()) {
    // The limit is of one array: several share it, or, if it is below their number, follow each other.
    const after = limits === undefined ? (submitted.at(-1) ?? before) : before;
    const limit = limits?.[i] ?? options.parallel;
    const script = taskScript(directory, list, range, options);
    submitted.push(
      await submitJob(
        [
          `--array=0-${range.tasks - 1}${Number.isFinite(limit) ? `%${limit}` : ''}`,
          `--cpus-per-task=${plan.environment.backend.threads}`,
          `--signal=B:USR2@${secondsLeft}`,
          ...(range.megabytes === undefined ? [] : [`--mem=${range.megabytes}M`]),
          ...(minutes === undefined ? [] : [`--time=${minutes}`]),
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
  next: { readonly list: string; readonly groups: readonly TaskGroup[] } | undefined,
  options: SubmissionOptions,
  { megabytes }: SlurmLimits,
): Promise<string> {
  const further = next
    ? ['--list', next.list, '--tasks', groupsText(next.groups), '--bundle', String(options.bundle)]
    : [];
  const asks = megabytes !== undefined && asksForMemory(options.slurm);
  const memory = asks ? [`--mem=${Math.min(mergeMegabytes, megabytes)}M`] : [];
  return submitJob(
    [...memory, ...common(directory, options, '%j_merge.log'), `--dependency=afterany:${after.join(':')}`],
    script([...verb('merge'), directory, ...further]),
  );
}

/** Options that this project depends on, with the characters that sbatch knows them by. */
const ours = [
  ['array', 2, 'a'],
  ['dependency', 3, 'd'],
  ['job-name', 1, 'J'],
  ['export', 3],
  ['output', 2, 'o'],
] as const;

/** Options of all jobs; the user's come later, and win, but for those that this project depends on. */
function common(directory: string, { slurm }: SubmissionOptions, log: string): string[] {
  const user = wordsOf(slurm);
  const taken = ours.find(([name, least, short]) => optionIn(user, name, { least, short }) !== undefined);
  if (taken !== undefined)
    throw new UserError(`--slurm: leave --${taken[0]} out, which submit sets by itself`);
  return [
    ...['--requeue', '--open-mode=append', '--nodes=1', '--ntasks=1'],
    ...user,
    // A percent sign in the folder's path would stand for something of the job.
    ...[
      '--export=NONE',
      `--job-name=${jobName(directory)}`,
      `--output=${join(directory.replaceAll('%', '%%'), 'slurm', log)}`,
    ],
  ];
}

/** Nothing stands between Slurm and node: a signal to a shell or npm would leave the runs behind. */
function taskScript(
  directory: string,
  list: string,
  { first }: ArrayRange,
  { scratch }: SubmissionOptions,
): string {
  const task = first === 0 ? '"$SLURM_ARRAY_TASK_ID"' : `"$((${first} + SLURM_ARRAY_TASK_ID))"`;
  const local = scratch === undefined ? [] : ['--scratch', scratch];
  return script([...verb('work'), directory, ...local, '--list', list, '--task'], task);
}

const verb = (name: string) => [process.execPath, join(projectRoot, 'start/verb.js'), name];

const script = (words: readonly string[], last = '') =>
  `#!/bin/sh\nexec ${[...words.map(shellWord), last].join(' ').trim()}\n`;
