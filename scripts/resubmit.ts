import { resolve } from 'node:path';
import { UserError } from '../base/user-error.ts';
import { shellWord } from '../base/shell-word.ts';
import { type SubmissionOptions, submissionsOf } from '../suites/cluster/submission/submissions.ts';
import { type FileFlags, kubernetesOf, submitToFile } from './cluster/as-file.ts';
import { addSubmissionOptions, submit } from './cluster/submission.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';

const last = "the last submission's";
const command = addSubmissionOptions(
  verb('resubmit', '<plan> [options]')
    .description(
      'Submits what is missing of a plan that was submitted before, failed runs included, with the same options.',
    )
    .argument('<plan>', 'folder of the plan'),
  { slurm: last, parallel: last, bundle: last, scratch: last },
);

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const {
    goneHost,
    slurm: given,
    parallel: limit,
    bundle: size,
    scratch: own,
    ...flags
  } = command.opts<Partial<SubmissionOptions> & FileFlags & { goneHost?: string[] }>();
  const before = submissionsOf(resolve(folder)).at(-1);
  if (before === undefined)
    throw new UserError(`${folder}: it was never submitted; npm run submit -- ${shellWord(folder)} does so`);
  const options = {
    parallel: limit ?? before.parallel,
    bundle: size ?? before.bundle,
    ...((own ?? before.scratch) && { scratch: own ?? before.scratch }),
  };
  const kubernetes = kubernetesOf(flags, given, before.kubernetes);
  if (kubernetes !== undefined || flags.commands || (before.asFile && given === undefined))
    return submitToFile(folder, { ...options, ...(kubernetes && { kubernetes }), again: true }, goneHost);
  return submit(folder, { ...options, slurm: given ?? before.slurm }, goneHost);
});
