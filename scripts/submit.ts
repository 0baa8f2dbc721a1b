import { addSubmissionOptions, submit } from './cluster/submission.ts';
import { type FileFlags, kubernetesOf, submitToFile } from './cluster/as-file.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';
import type { SubmissionOptions } from '../suites/cluster/submission/submissions.ts';

const command = addSubmissionOptions(
  verb('submit', '<plan> [options]')
    .description(
      'Submits the runs of a plan to Slurm: an array of tasks for every round, and a merge after each; or writes them as a manifest for Kubernetes. A plan comes from npm run bench -- ... --plan FOLDER.',
    )
    .argument('<plan>', 'folder of the plan'),
  { slurm: 'none', parallel: 'no limit', bundle: '10', scratch: 'none' },
);

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const {
    slurm,
    parallel = Infinity,
    bundle = 10,
    scratch,
    goneHost,
    ...flags
  } = command.opts<Partial<SubmissionOptions> & FileFlags & { goneHost?: string[] }>();
  const kubernetes = kubernetesOf(flags, slurm);
  const options = { parallel, bundle, ...(scratch && { scratch }) };
  if (kubernetes !== undefined || flags.commands)
    return submitToFile(folder, { ...options, ...(kubernetes && { kubernetes }), again: false }, goneHost);
  return submit(folder, { ...options, slurm: slurm ?? '' }, goneHost);
});
