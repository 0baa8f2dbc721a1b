import { addSubmissionOptions, submit } from './cluster/submission.ts';
import { verb } from './options/verb.ts';
import { main } from './terminal/main.ts';
import type { SubmissionOptions } from '../suites/cluster/submissions.ts';

const command = addSubmissionOptions(
  verb('submit', '<plan> [options]')
    .description(
      'Submits the runs of a plan to Slurm: an array of tasks for every round, and a merge after each. A plan comes from npm run bench -- ... --plan FOLDER.',
    )
    .argument('<plan>', 'folder of the plan'),
  { slurm: 'none', parallel: 'no limit', bundle: '10', scratch: 'none' },
);

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const {
    slurm = '',
    parallel = Infinity,
    bundle = 10,
    scratch,
    goneHost,
  } = command.opts<Partial<SubmissionOptions> & { goneHost?: string[] }>();
  return submit(folder, { slurm, parallel, bundle, ...(scratch && { scratch }) }, goneHost);
});
