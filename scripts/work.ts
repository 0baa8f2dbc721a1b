import { join, resolve } from 'node:path';
import { Option } from 'commander';
import type { Job } from '../suites/job.ts';
import { requeueTask } from '../suites/cluster/slurm/slurm.ts';
import { hasCheckpointSince } from '../suites/checkpoints/checkpoint-names.ts';
import { jobsOfTask, readList } from '../suites/cluster/tasks/task-list.ts';
import { taskCode } from '../suites/cluster/tasks/exit-codes.ts';
import { runTask } from '../suites/cluster/tasks/run-task.ts';
import type { RunRecord } from '../results/record.ts';
import { toldInTurn, SweepProgress } from './progress/sweep-progress.ts';
import { type RunLines, runLines } from './progress/run-lines.ts';
import { place, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { Interrupted, interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { complain } from './terminal/printed.ts';

const command = verb('work', '<plan> --list NAME [--task I]')
  .description(
    `Carries out the runs of one task of a plan. Jobs of a cluster call it; npm run submit writes the list. Exit code ${taskCode.runsFailed} if a run failed and is recorded.`,
  )
  .argument('<plan>', 'folder of the plan')
  .addOption(new Option('--list <name>', 'list of runs, in lists/ of the plan').makeOptionMandatory())
  .option('--scratch <folder>', "folder on this node's own disk; $NAME stands for a variable", place)
  .addOption(
    new Option('--task <i>', 'number of the task, from 0')
      .env('JOB_COMPLETION_INDEX')
      .argParser(wholeNumber(0))
      .makeOptionMandatory(),
  )
  .option('--first <n>', 'number to add to that of the task', wholeNumber(0), 0);

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const {
    list,
    task: index,
    first,
    scratch,
  } = command.opts<{ list: string; task: number; first: number; scratch?: string }>();
  const task = first + index;
  const interrupt = interruption();
  interrupt.listen();
  const timeLimit = new AbortController();
  process.on('SIGUSR2', () => timeLimit.abort());
  const began = Date.now();
  let finished = 0;
  let lines: RunLines | undefined;
  try {
    const records = await runTask({
      ...{ directory: resolve(folder), list, task, ...(scratch && { scratch }) },
      say: complain,
      signal: AbortSignal.any([interrupt.signal, timeLimit.signal]),
      checks: () =>
        lines?.note(
          'no machine of this kind has made the check run: it is made here too, to tell how much AUC moves between machines',
        ),
      watch({ jobs }) {
        const sweep = new SweepProgress(new Set(jobs.map(({ learningRate }) => learningRate)).size > 1);
        lines = runLines(sweep);
        const counted = {
          ...lines,
          finished: (job: Job, record: RunRecord) => (finished++, lines!.finished(job, record)),
        };
        return toldInTurn(sweep, counted);
      },
    });
    if (records.length === 0) complain(`task ${task} of ${list} has nothing to do`);
    return records.some(({ status }) => status === 'failed') ? taskCode.runsFailed : taskCode.done;
  } catch (error) {
    if (interrupt.signal.aborted) throw new Interrupted('finished runs are kept, and the same task resumes');
    if (timeLimit.signal.aborted) {
      const runs = jobsOfTask(readList(resolve(folder), list), task).map(({ id }) => id);
      const inCheckpoints = hasCheckpointSince(join(resolve(folder), 'checkpoints'), runs, began);
      throw await afterTimeLimit(finished > 0 || inCheckpoints);
    }
    throw error;
  } finally {
    lines?.stop();
  }
});

/** Puts the task back into Slurm's queue if it got on: one whose first run takes longer than the limit, and has no checkpoint, would never end. */
async function afterTimeLimit(gotOn: boolean): Promise<Interrupted> {
  const { SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index } = process.env;
  if (!gotOn)
    return new Interrupted("no run ended within the task's time limit; give more with --slurm '--time=...'");
  if (array === undefined || index === undefined)
    return new Interrupted('finished runs are kept, and the same task resumes');
  await requeueTask(array, index);
  return new Interrupted('the time limit is near; the task is in the queue again, and resumes');
}
