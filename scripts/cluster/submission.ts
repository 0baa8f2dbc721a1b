import { resolve } from 'node:path';
import type { Command } from 'commander';
import { plural } from '../../base/plural.ts';
import { shellWord } from '../../base/shell-word.ts';
import { submitPlan } from '../../suites/cluster/slurm/submit.ts';
import { type SubmissionOptions } from '../../suites/cluster/submission/submissions.ts';
import { goneHostOption } from '../options/dataset-options.ts';
import { place, wholeNumber } from '../options/values.ts';
import { addFileOptions } from './as-file.ts';
import { Interrupted, interruption } from '../terminal/interrupt.ts';
import { print } from '../terminal/printed.ts';

/** The options of a submission; `defaults` are texts. */
export function addSubmissionOptions(
  command: Command,
  defaults: Readonly<Record<keyof SubmissionOptions, string>>,
): Command {
  return addFileOptions(command)
    .option(
      '--slurm <options>',
      `further options for sbatch, such as '--partition=long --time=4:00:00 --mem=16G' (default: ${defaults.slurm})`,
    )
    .option('--parallel <n>', `tasks at the same time (default: ${defaults.parallel})`, wholeNumber(1))
    .option(
      '--bundle <n>',
      `runs of a task, one after the other; fewer take more starts (default: ${defaults.bundle})`,
      wholeNumber(1),
    )
    .option(
      '--scratch <folder>',
      `folder on each node's own disk, such as '$TMPDIR': tasks copy the data there, and share what they train alike (default: ${defaults.scratch})`,
      place,
    )
    .addOption(goneHostOption());
}

/** Submits what waits, and says what became of it. */
export async function submit(
  folder: string,
  options: SubmissionOptions,
  goneHosts?: readonly string[],
): Promise<number> {
  const interrupt = interruption();
  interrupt.listen();
  const done = await submitPlan(resolve(folder), options, {
    ...(goneHosts && { goneHosts }),
    signal: interrupt.signal,
  }).catch((error: unknown) => {
    if (!interrupt.signal.aborted) throw error;
    throw new Interrupted('what was submitted is cancelled; the same command submits it anew');
  });
  switch (done.type) {
    case 'complete':
      print(`nothing to submit: all ${plural(done.runs, 'run')} are recorded`);
      return 0;
    case 'queued':
      print(
        `nothing submitted: jobs of this plan are in the queue (${done.jobs.join(', ')}); wait for them, or cancel them with scancel ${done.jobs.join(' ')}`,
      );
      return 0;
    case 'submitted': {
      const { arrays, merges } = done.submission;
      print(
        [
          `submitted: ${plural(done.runs, 'run')} that can run now${done.later > 0 ? `, about ${done.later} after them` : ''}`,
          `arrays: ${arrays.join(' ')}`,
          `merges: ${merges.join(' ')}`,
          `status: npm run status -- ${shellWord(folder)}`,
        ].join('\n'),
      );
      return 0;
    }
  }
}
