import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { plural } from '../base/plural.ts';
import { LockHeld } from '../results/lock.ts';
import { defaultMargin } from '../analysis/verdicts/noise.ts';
import { writeReport } from '../reports/report.ts';
import { type Merged, mergeShards } from '../suites/cluster/records/merge.ts';
import type { Plan } from '../suites/cluster/plan/plan-file.ts';
import { megabytesOf } from '../suites/cluster/submission/asked.ts';
import { sharesIn } from '../suites/cluster/plan/needs.ts';
import { groupedList, groupsIn, type TaskGroup } from '../suites/cluster/submission/task-groups.ts';
import { writeList } from '../suites/cluster/tasks/task-list.ts';
import { waitingJobs } from '../suites/cluster/plan/waiting-jobs.ts';
import { keepRowNoise } from '../suites/running/keep-row-noise.ts';
import { goneHostOption } from './options/dataset-options.ts';
import { marginOf, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';

const command = verb('merge', '<plan> [options]')
  .description(
    'Merges the runs of all tasks of a plan into one recording, and writes its report. Merging again adds nothing.',
  )
  .argument('<plan>', 'folder of the plan')
  .option(
    '--list <name>',
    'list of the next round to write, instead of a report (npm run submit asks for it)',
  )
  .option('--tasks <groups>', 'with --list: the most tasks of that round, by their megabytes', groupsIn, [
    { tasks: 1 },
  ])
  .option('--bundle <n>', 'with --list: runs of a task', wholeNumber(1), 10)
  .option(
    '--margin <auc>',
    'least difference of AUC that matters: equivalent is less',
    marginOf,
    defaultMargin,
  )
  .addOption(goneHostOption());

interface Asked {
  readonly list?: string;
  readonly tasks: readonly TaskGroup[];
  readonly bundle: number;
  readonly margin: number;
  readonly goneHost?: string[];
}

/** Attempts of a job to get the recording, a second apart: the submission that it belongs to may still hold it. */
const attempts = 60;

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const { list, tasks, bundle, margin, goneHost } = command.opts<Asked>();
  const directory = resolve(folder);
  const next = (merged: Merged, plan: Plan) => {
    const { jobs, later } = waitingJobs(plan, merged.records, list === undefined);
    // A failed run is tried once in a submission, as in one call of bench.
    if (list !== undefined) {
      // Groups of this submission already know what the largest node has.
      const megabytes = megabytesOf(plan, { megabytes: Infinity });
      writeList(directory, list, groupedList(jobs, tasks, bundle, { megabytes, shares: sharesIn(plan) }));
    }
    if (list === undefined && merged.records.size > 0) keepRowNoise(directory);
    return { ...merged, missing: jobs.length, later };
  };
  const merged = await withPatience(() => mergeShards(directory, next, goneHost));
  const { added, records, machines, missing, later } = merged;
  print(`merged: ${plural(added, 'run')} added, ${plural(records.size, 'run')} in all`);
  if (machines > 1)
    print(`machines: ${machines} kinds; quality is of all of them, times and speeds of one alone`);
  if (missing > 0) print(`missing: ${missing}${later > 0 ? `, and about ${later} after them` : ''}`);
  if (list === undefined && records.size > 0) {
    print(`results: ${folder}`);
    print(`report: ${await writeReport(folder, margin)}`);
  }
  return 0;
});

/** Tries again while another process has the recording, in a job of Slurm. */
async function withPatience<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof LockHeld) || process.env.SLURM_JOB_ID === undefined || attempt === attempts)
        throw error;
      await setTimeout(1000);
    }
  }
}
