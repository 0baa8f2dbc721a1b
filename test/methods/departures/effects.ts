import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { sampleVariance } from '../../../analysis/statistics/sample-variance.ts';
import { studentQuantile } from '../../../analysis/statistics/student-t.ts';
import { findMethod } from '../../../suites/find-method.ts';
import type { RunRecord } from '../../../results/record.ts';
import { readRecording } from '../../../results/store.ts';
import { main } from '../../../scripts/terminal/main.ts';
import { print } from '../../../scripts/terminal/printed.ts';
import { type MeasuredForm, measuredForms } from './measured-forms.ts';

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

/** AUC by seed of the runs of a method with these options beyond its defaults. */
function scoresOf(runs: readonly RunRecord[], form: MeasuredForm, set: readonly string[], ratio: number) {
  const method = findMethod(form.method);
  const wanted = JSON.stringify(method.options.parse(typed(set)));
  const own = runs.filter(
    (run) =>
      run.status === 'completed' &&
      run.method === form.method &&
      run.compression.requested === ratio &&
      JSON.stringify(method.options.parse(run.options)) === wanted,
  );
  return new Map(
    own.flatMap((run) => (run.status === 'completed' ? [[run.seed, run.quality.auc] as const] : [])),
  );
}

/** Options of a command line as the schema wants them. */
function typed(set: readonly string[]): Record<string, unknown> {
  const value = (text: string) => {
    if (text === 'true' || text === 'false') return text === 'true';
    return Number.isFinite(Number(text)) ? Number(text) : text;
  };
  return Object.fromEntries(
    set.map((option) => {
      const [name, text] = option.split('=');
      return [name, value(text)];
    }),
  );
}

function effect(runs: readonly RunRecord[], form: MeasuredForm, ratio: number): string {
  const [ours, theirs] = [[], form.options].map((set) => scoresOf(runs, form, set, ratio));
  const differences = [...theirs].flatMap(([seed, auc]) => (ours.has(seed) ? [auc - ours.get(seed)!] : []));
  if (differences.length < 2) return `none at ${ratio}x`;
  const n = differences.length;
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / n;
  const halfWidth = studentQuantile(0.975, n - 1) * Math.sqrt(sampleVariance(differences) / n);
  return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(4)} ± ${halfWidth.toFixed(4)} at ${ratio}x`;
}

await main(async () => {
  const forms = measuredForms();
  const budgetsOf = (method: string) => forms.filter((form) => form.method === method)[0].compression;
  for (const method of new Set(forms.map((form) => form.method))) await bench(method, budgetsOf(method), []);
  for (const { method, compression, options } of forms) await bench(method, compression, options);
  const runs = readRecording(folder).runs;
  for (const form of forms) {
    const effects = form.compression.map((ratio) => effect(runs, form, ratio));
    print(`${form.method}\t${form.options.join(' ')}\t${effects.join(', ')} on the Criteo sample`);
  }
  return 0;
});
