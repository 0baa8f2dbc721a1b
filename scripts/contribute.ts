import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { plural } from '../base/plural.ts';
import { UserError } from '../base/user-error.ts';
import { backends } from '../backends/index.ts';
import { appendVerified } from '../results/verified.ts';
import { checkContribution, type Checked } from '../suites/contributed/check-contribution.ts';
import { drawnRuns, mostSamples } from '../suites/contributed/drawn-runs.ts';
import { layOut } from '../suites/contributed/lay-out.ts';
import type { Problem } from '../suites/contributed/problem.ts';
import { runAgain } from '../suites/contributed/run-again.ts';
import { recordedSettings } from './bench/recorded-settings.ts';
import { place, wholeNumber } from './options/values.ts';
import { verb } from './options/verb.ts';
import { Interrupted, interruption } from './terminal/interrupt.ts';
import { main } from './terminal/main.ts';
import { complainLine, print } from './terminal/printed.ts';

const command = verb('contribute', '<recording> [options]')
  .description(
    'Checks a recording by computing it again from its settings, and lays it out as a folder for a pull request. With --check, ' +
      'checks such a folder. Exit code 1 if something does not fit (docs/contributing-results.md).',
  )
  .argument(
    '<recording>',
    'folder of a recording under results/; with --check, a folder that this command wrote',
  )
  .option(
    '--name <name>',
    'name of the folder: a day and a name (default: the day and the name of the recording)',
  )
  .option('--out <folder>', 'folder that the new folder is put into', place, 'contributions')
  .option('--check', 'check of a contributed folder; nothing is written')
  .option(
    '--rerun <n>',
    'runs to train again, drawn at random among those that take minutes',
    wholeNumber(0),
    0,
  )
  .option('--sample-seed <n>', 'seed of that draw (default: a random one, which is printed)', wholeNumber(0))
  .option('--samples <n>', 'most samples that a run may train on to be drawn', wholeNumber(1), mostSamples)
  .option(
    '--verified',
    'for maintainers, with --check and --rerun: what was run again is written to verified.jsonl',
  )
  .option('--data <file>', 'the log, where the command of the recording names it otherwise', place)
  .option('--schema <file>', 'its schema, in the same way', place)
  .option('--cache <folder>', 'folder of prepared data', place, '.cache');

interface Asked {
  readonly name?: string;
  readonly out: string;
  readonly check?: true;
  readonly rerun: number;
  readonly sampleSeed?: number;
  readonly samples: number;
  readonly verified?: true;
  readonly data?: string;
  readonly schema?: string;
  readonly cache: string;
}

export const ended = main(async () => {
  const [folder] = command.parse().args;
  const asked = command.opts<Asked>();
  const { name, out, check, rerun, verified, data, schema, cache } = asked;
  if (verified && !(check && rerun > 0))
    throw new UserError('--verified: it is for --check with --rerun; add both');
  const checking = { settingsOf: recordedSettings({ data, schema, cache }), rows: true };
  const checked = check
    ? await checkContribution(folder, { ...checking, verified: verified ?? false })
    : await layOut(folder, { out, name }, checking);
  if (refused(checked.problems)) return 1;
  for (const note of checked.notes) print(`note: ${note}`);
  const { runs, scored, planned } = checked;
  print(
    `accepted: ${plural(runs.length, 'run')}; ids of all, quality of ${scored} by scores, bytes of ${planned} by plans`,
  );
  if (rerun > 0 && (await again(checked, asked))) return 1;
  if (!check) print(`folder: ${checked.directory}`);
  return 0;
});

/** Runs a sample again. Returns true if a run does not come out as it is recorded. */
async function again(checked: Checked, { rerun, samples, verified, sampleSeed }: Asked): Promise<boolean> {
  const { runs, jobs, settings, directory, planned } = checked;
  if (planned === 0) {
    print('nothing is run again: the rows are not here');
    return false;
  }
  const seed = sampleSeed ?? randomInt(2 ** 31);
  const usable = await Promise.all(backends.map(async (backend) => ((await backend.probe()).usable ? [backend.name] : []))); // prettier-ignore
  const drawing = { count: rerun, seed, backends: usable.flat(), mostSamples: samples };
  const { drawn, left } = drawnRuns(runs, drawing);
  print(`run again: ${drawn.length} of ${plural(runs.length, 'run')}, drawn with --sample-seed ${seed}`);
  for (const line of left) print(`not drawn: ${line}`);
  const interrupt = interruption();
  interrupt.listen();
  const { signal } = interrupt;
  const found = await runAgain(drawn, jobs, settings!, { sampleSeed: seed, signal, tell: print }).catch(
    (error: unknown) => {
      if (!signal.aborted) throw error;
      throw new Interrupted(`--sample-seed ${seed} draws the same runs again`);
    },
  );
  if (refused(found.problems)) return true;
  if (verified) {
    appendVerified(directory, found.verified);
    print(`verified: ${join(directory, 'verified.jsonl')}`);
  }
  return false;
}

function refused(problems: readonly Problem[]): boolean {
  for (const { where, what } of problems.slice(0, mostShown)) complainLine(`refused: ${where}: ${what}`);
  if (problems.length > mostShown) complainLine(`refused: and ${problems.length - mostShown} more`);
  return problems.length > 0;
}

const mostShown = 40;
