/**
 * Times what commands and runs take besides training: from the bundle against TypeScript (tsx), one after the other in each round.
 *
 *   npx tsx test/speed/start-up.ts [rounds] [rows]        5 rounds of 150,000 rows: 2 to 3 minutes
 *
 * Three things are timed: the help, a command's time outside its runs (with its data prepared), and a run's time outside its stages.
 * Seconds are of the clock; processor seconds are beside them, since other programs disturb those less.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectRoot } from '../../base/project-root.ts';
import { sum } from '../../base/sum.ts';
import { spreadOf } from '../../harness/metrics/spread.ts';
import type { RunRecord } from '../../results/record.ts';

const [rounds = 5, rows = 150_000] = process.argv.slice(2).map(Number);

const forms = {
  TypeScript: ['--import', 'tsx', 'scripts/bench.ts'],
  bundle: ['start/verb.js', 'bench'],
};
type Form = keyof typeof forms;
const names = Object.keys(forms) as Form[];

const folder = mkdtempSync(join(tmpdir(), 'start-up-'));

/** Runs a command; seconds of the clock, and of processors with all processes that it waited for. */
async function bench(form: Form, args: readonly string[]) {
  const before = performance.now();
  const timed = ['-f', '%U %S', '-o', join(folder, 'time'), 'node', ...forms[form], ...args];
  await execa('/usr/bin/time', timed, { cwd: projectRoot });
  const seconds = (performance.now() - before) / 1000;
  return {
    seconds,
    processor: sum(readFileSync(join(folder, 'time'), 'utf8').trim().split(' ').map(Number)),
  };
}

/** Runs the three methods of SPEED's table: the second plans longer, the third scores stored codes once more. */
async function training(form: Form) {
  const out = join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  const fixed = ['--method', 'full,md,dpq', '--compression', '16', '--seeds', '1', '--no-references'];
  const { seconds } = await bench(form, [
    ...fixed,
    '--rows',
    String(rows),
    '--cache',
    join(folder, 'cache'),
    '--out',
    out,
  ]);
  const runs = readFileSync(join(out, 'runs.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as RunRecord); // prettier-ignore
  const completed = runs.filter((run) => run.status === 'completed');
  if (completed.length !== 3) throw new Error('a run failed');
  const outside = completed.map(
    ({ seconds, stages }) => seconds - sum((stages ?? []).map((stage) => stage.seconds)),
  );
  const peaks = completed.map(({ memory }) => memory.peakRssBytes / 1e6);
  return {
    command: seconds - sum(runs.map((run) => run.seconds)),
    outside,
    peaks,
    auc: completed.map(({ quality }) => quality.auc),
  };
}

const measured = new Map<string, number[]>();
const note = (what: string, form: Form, value: number) => {
  const key = `${what} ${form}`;
  measured.set(key, [...(measured.get(key) ?? []), value]);
};
try {
  for (let round = -1; round < rounds; round++) {
    const aucs: number[][] = [];
    for (const form of round % 2 === 0 ? names : [...names].reverse()) {
      const help = await bench(form, ['--help']);
      const { command, outside, peaks, auc } = await training(form);
      aucs.push(auc);
      if (round < 0) continue; // the bundle is built, V8's caches are written, data are prepared
      note('help, s', form, help.seconds);
      note('help, processor s', form, help.processor);
      note('command outside runs, s', form, command);
      outside.forEach((seconds, i) => note(`${['full', 'md', 'dpq'][i]} outside stages, s`, form, seconds));
      peaks.forEach((peak, i) => note(`${['full', 'md', 'dpq'][i]} peak memory, MB`, form, peak));
    }
    if (String(aucs[0]) !== String(aucs[1])) throw new Error(`AUCs differ: ${aucs.join(' and ')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const what of new Set([...measured.keys()].map((key) => key.replace(/ \w+$/, '')))) {
  const [before, after] = names.map((form) => spreadOf(measured.get(`${what} ${form}`)!));
  const text = ({ median, mad }: typeof before) => `${median.toFixed(2)} ± ${mad.toFixed(2)}`;
  console.log(`${what.padEnd(30)} TypeScript ${text(before)}, bundle ${text(after)}: ${(before.median / after.median).toFixed(1)} times`); // prettier-ignore
}
