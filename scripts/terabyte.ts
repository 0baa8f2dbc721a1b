import { join } from 'node:path';
import { backends } from '../backends/index.ts';
import { findNamed } from '../base/find-named.ts';
import { projectRoot } from '../base/project-root.ts';
import { writeWhole } from '../files/whole-file.ts';
import { baseline } from '../analysis/comparisons/comparable.ts';
import { methods } from '../methods/index.ts';
import { findMethod } from '../suites/find-method.ts';
import { list } from './options/values.ts';
import { machineOfRun } from '../results/hardware.ts';
import { readRecording } from '../results/store.ts';
import { growthOf } from './documents/growth.ts';
import { terabytePage } from './documents/terabyte-page.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('terabyte', '[recordings...]')
  .description(
    'Writes docs/criteo-terabyte.md: the memory and hours of runs on the whole of Criteo Terabyte, computed from plans and from recordings of one machine on fewer rows.',
  )
  .option(
    '--method <names>',
    'methods that have a line in every table (default: the first of each family)',
    list,
  )
  .argument('[recordings...]', 'recordings of the same methods on different numbers of rows');

export const ended = main(async () => {
  const recordings = command.parse().args.map((name) => ({ name, recording: readRecording(name) }));
  const backend = await findNamed(backends, 'backend', 'cpu').open({ threads: 1 });
  const growth = growthOf(recordings);
  const [machine = ''] = recordings.flatMap(({ recording: { environment, runs } }) =>
    runs.map((run) => `${machineOfRun(environment, run)}, ${run.threads} threads`),
  );
  const { method } = command.opts<{ method?: string[] }>();
  const compared = methods.filter(({ ignoresIds, name }) => !ignoresIds && name !== baseline);
  const families = new Map(compared.toReversed().map((one) => [one.family, one.name]));
  const named = {
    all: compared.map(({ name }) => name),
    shown: method?.map((name) => findMethod(name).name) ?? [...families.values()].toReversed(),
  };
  writeWhole(join(projectRoot, 'docs/criteo-terabyte.md'), terabytePage(named, growth, machine, backend));
  print('docs/criteo-terabyte.md');
  return 0;
});
