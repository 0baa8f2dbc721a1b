import { join } from 'node:path';
import { projectRoot } from '../../../base/project-root.ts';
import { shellWord } from '../../../base/shell-word.ts';
import { makeFolder } from '../../../files/folders.ts';
import { writeWhole } from '../../../files/whole-file.ts';
import { type ArrayRange, rangesOf, sharesOf } from '../submission/array-ranges.ts';
import { indexedJob, labelsOf, maxTasks, scratchWords } from './indexed-job.ts';
import { type KubernetesOptions, requireOnVolume, requireUsable } from './kubernetes-options.ts';
import { hasResult, type Merged, mergeShards } from '../records/merge.ts';
import { type Plan, requireSameCode } from '../plan/plan-file.ts';
import { attemptsOf, recordsIn } from '../tasks/shards.ts';
import { groupsOf } from '../submission/submission-groups.ts';
import {
  addSubmission,
  jobName,
  nextName,
  planHash,
  type Submission,
  submissionsOf,
} from '../submission/submissions.ts';
import { groupedList, type TaskGroup } from '../submission/task-groups.ts';
import { readList, writeList } from '../tasks/task-list.ts';
import { waitingJobs } from '../plan/waiting-jobs.ts';

/** The outcome of a submission: a file of tasks that another program carries out, or the reason why there is no new one. */
export type Filed =
  | {
      readonly type: 'written';
      /** A manifest for kubectl, or a file with the command of a task in every line. */
      readonly file: string;
      /** Jobs of the manifest; 0 without one. */
      readonly jobs: number;
      readonly tasks: number;
      readonly runs: number;
      readonly later: number;
    }
  /** Tasks of the last file may still run: so many of its runs have no record. */
  | { readonly type: 'open'; readonly file: string; readonly runs: number }
  /** `failed`: of these runs, those that failed or were too large. */
  | { readonly type: 'complete'; readonly runs: number; readonly failed: number };

export interface Asked {
  /** Absent for a file of commands. */
  readonly kubernetes?: KubernetesOptions;
  /** Tasks at the same time, in a manifest; Infinity without a limit. */
  readonly parallel: number;
  /** Runs of a task, one after the other. */
  readonly bundle: number;
  /** A folder on each node's own disk; in pods the path of an empty volume. */
  readonly scratch?: string;
  /** True to write what is missing also if runs of the last file have no record (its tasks ended), or failed. */
  readonly again: boolean;
}

const fileOf = (directory: string, { name, kubernetes }: Pick<Submission, 'name' | 'kubernetes'>) =>
  kubernetes === undefined
    ? join(directory, 'commands', `${name}.txt`)
    : join(directory, 'kubernetes', `${name}.json`);

/** The label of the plan's Jobs, for `kubectl get jobs -l`. */
export function selectorOf(directory: string): string {
  return Object.entries(labelsOf(planHash(directory)))
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
}

/**
 * Merges, and writes the tasks of the runs that can run now: a manifest of Indexed Jobs, or a command in every line. Rounds that follow from
 * their results are a file of their own, which the same call writes when these are recorded. The same call again writes nothing while
 * runs of the last file have no record. `directory`: absolute. Throws a UserError for what Kubernetes would refuse, or where pods would
 * not see the plan's files.
 */
export async function submitAsFile(
  directory: string,
  asked: Asked,
  goneHosts: readonly string[] = [],
): Promise<Filed> {
  if (asked.kubernetes !== undefined) requireUsable(asked.kubernetes, asked.scratch);
  return mergeShards(directory, (merged, plan) => filed(directory, plan, merged, asked), goneHosts);
}

function filed(directory: string, plan: Plan, { records }: Merged, asked: Asked): Filed {
  const { kubernetes, parallel, bundle, scratch, again } = asked;
  requireSameCode(plan, directory);
  if (kubernetes !== undefined) requireOnVolume(directory, plan, kubernetes);
  const last = submissionsOf(directory).findLast(({ asFile }) => asFile);
  // Later calls are the later rounds of the first: a run that failed waits for somebody who says so.
  const { jobs, later } = waitingJobs(plan, records, again || last === undefined);
  if (jobs.length === 0) {
    const failed = [...records.values()].filter((record) => !hasResult(record)).length;
    return { type: 'complete', runs: records.size, failed };
  }
  const open = last === undefined ? 0 : withoutRecord(directory, last);
  if (!again && last !== undefined && open > 0)
    return { type: 'open', file: fileOf(directory, last), runs: open };
  const limits = { megabytes: kubernetes?.nodeMegabytes ?? Infinity };
  const options = { slurm: '', parallel, bundle, ...(scratch !== undefined && { scratch }) };
  const { facts, first } = groupsOf(plan, jobs, options, limits);
  const { groups, ranges, shares } = dividedTasks(first, kubernetes === undefined ? 1 : parallel);
  const name = nextName(directory);
  const list = `${name}-1`;
  writeList(directory, list, groupedList(jobs, groups, bundle, facts));
  const submission = { name, ...options, asFile: true as const, ...(kubernetes && { kubernetes }) };
  const file = fileOf(directory, submission);
  makeFolder(join(file, '..'));
  const tasks = ranges.reduce((sum, range) => sum + range.tasks, 0);
  const runs = { runs: jobs.length, later };
  if (kubernetes === undefined) {
    writeWhole(file, commandsOf(directory, list, tasks, scratch));
    addSubmission(directory, { ...submission, arrays: [], merges: [] });
    return { type: 'written', file, jobs: 0, tasks, ...runs };
  }
  const items = ranges.map((range, i) =>
    indexedJob(
      {
        ...{ directory, list, range, parallel: shares[i], ...(scratch !== undefined && { scratch }) },
        name: `${jobName(directory)}-${name}-${i + 1}`,
        plan: planHash(directory),
        threads: plan.environment.backend.threads,
      },
      kubernetes,
    ),
  );
  writeWhole(file, `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`);
  addSubmission(directory, { ...submission, arrays: items.map(({ metadata }) => metadata.name), merges: [] });
  return { type: 'written', file, jobs: items.length, tasks, ...runs };
}

/** A line for every task: a command of a shell that works in any folder. */
function commandsOf(directory: string, list: string, tasks: number, scratch?: string): string {
  const words = [
    process.execPath,
    join(projectRoot, 'start/verb.js'),
    'work',
    directory,
    ...scratchWords(scratch),
    '--list',
    list,
  ];
  const command = words.map(shellWord).join(' ');
  return Array.from({ length: tasks }, (_, task) => `${command} --task ${task}\n`).join('');
}

/** A Job for every group of tasks, with its share of the tasks at the same time; one for all if there are fewer of these than Jobs. */
function dividedTasks(
  all: readonly TaskGroup[],
  parallel: number,
): { groups: readonly TaskGroup[]; ranges: ArrayRange[]; shares: readonly number[] } {
  const groups = all.filter(({ tasks }) => tasks > 0);
  const ranges = rangesOf(groups, maxTasks);
  const shares = sharesOf(parallel, ranges);
  if (shares !== undefined) return { groups, ranges, shares };
  const [{ megabytes }] = groups.toSorted((a, b) => (b.megabytes ?? 0) - (a.megabytes ?? 0));
  const tasks = groups.reduce((sum, group) => sum + group.tasks, 0);
  const one = [{ tasks, ...(megabytes !== undefined && { megabytes }) }];
  return { groups: one, ranges: rangesOf(one, tasks), shares: [parallel] };
}

/** The number of runs of a submission that none of its tasks has recorded. */
function withoutRecord(directory: string, { name }: Submission): number {
  const list = `${name}-1`;
  const { jobs, tasks } = readList(directory, list);
  const recorded = new Set<string>();
  for (let task = 0; task < tasks; task++)
    for (const attempt of attemptsOf(directory, list, task))
      for (const { id } of recordsIn(attempt)) recorded.add(id);
  return jobs.filter(({ id }) => !recorded.has(id)).length;
}
