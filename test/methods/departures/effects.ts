import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { readRecording } from '../../../results/store.ts';
import { main } from '../../../scripts/terminal/main.ts';
import { print } from '../../../scripts/terminal/printed.ts';
import { effectText } from './effect-text.ts';
import { measuredForms } from './measured-forms.ts';

/**
 * The change of test AUC by every departure whose other form is an option: the paper's form less the default one, paired by seed, with the
 * 95 % interval of Student's t over seeds. Both train at a learning rate of .01.
 *
 * `npx tsx test/methods/departures/effects.ts FOLDER LOG [seeds = 5] [flags of bench]`; LOG is a Criteo file. FOLDER takes the recording,
 * and the same command goes on from there.
 */

const [folder, log, seeds = '5', ...flags] = process.argv.slice(2);

/** One command of bench, into the same recording as the others. */
async function bench(method: string, compression: readonly number[], set: readonly string[]): Promise<void> {
  const settings = {
    ...{ dataset: 'criteo', data: resolve(log), method, compression: compression.join() },
    ...{ seeds, 'learning-rate': '.01', backend: 'native', threads: '1', out: resolve(folder) },
  };
  const own = Object.entries(settings).flatMap(([flag, value]) => [`--${flag}`, value]);
  const options = set.flatMap((option) => ['--set', `${method}.${option}`]);
  await execa('npm', ['run', '-s', 'bench', '--', ...own, ...options, '--no-references', ...flags], {
    cwd: join(import.meta.dirname, '../../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
    reject: false, // a form that cannot make a budget says so below
  });
}

await main(async () => {
  const forms = measuredForms();
  const budgetsOf = (method: string) => forms.filter((form) => form.method === method)[0].compression;
  for (const method of new Set(forms.map((form) => form.method))) await bench(method, budgetsOf(method), []);
  for (const { method, compression, options } of forms) await bench(method, compression, options);
  const runs = readRecording(folder).runs;
  for (const form of forms)
    print(`${form.method}\t${form.options.join(' ')}\t${effectText(runs, form)} on the Criteo sample`);
  return 0;
});
