import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { canonicalJson } from '../../../base/canonical-json.ts';
import { environment as environmentSchema, type TrainingEnvironment } from '../../../results/environment.ts';
import { type CompletedRun, runRecord, type RunRecord } from '../../../results/record.ts';
import { sealedLine } from '../../../results/sealed-line.ts';
import { recordedSettings } from '../../../scripts/bench/recorded-settings.ts';
import { jobOf } from '../../../suites/recomputed-job.ts';
import { runScript, tiny } from '../../scripts/run-script.ts';

/** A small sweep on generated clicks, with a method of one stage and one of several, and a ratio that neither can make. */
export async function makeRecording(folder: string): Promise<string> {
  const out = join(folder, 'my-sweep');
  const { exitCode, stderr } = await runScript('bench', [
    ...['--method', 'md,pq', '--compression', '4,50000', '--rows', '1500', '--seeds', '2', '--no-references'],
    ...[
      '--backend',
      'wasm',
      '--threads',
      '1',
      '--note',
      'a sweep of a test',
      '--cache',
      join(folder, 'cache'),
    ],
    ...[...tiny, '--out', out],
  ]);
  if (exitCode !== 0) throw new Error(stderr);
  // Tests run on sources that may not be committed yet.
  const file = join(out, 'environment.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"dirty": (true|null)/, '"dirty": false'));
  return out;
}

/** A copy of a contributed folder under its own name, with changes. */
export async function forged(
  folder: string,
  place: string,
  forge: (copy: string) => void | Promise<void>,
): Promise<string> {
  const copy = join(place, basename(folder));
  rmSync(copy, { recursive: true, force: true });
  cpSync(folder, copy, { recursive: true });
  await forge(copy);
  return copy;
}

export function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error(`${file}: nothing was changed`);
  writeFileSync(file, changed);
}

export const runsIn = (folder: string): RunRecord[] =>
  readFileSync(join(folder, 'runs.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => runRecord.parse(JSON.parse(line)));

/** Writes runs with checks that fit: a forger can compute them, too. */
export function writeRuns(folder: string, runs: readonly object[]): void {
  writeFileSync(join(folder, 'runs.jsonl'), runs.map((run) => `${sealedLine(run)}\n`).join(''));
}

/** Changes the first completed run of a method, whose check fits afterwards. */
export function editRun(folder: string, method: string, change: (run: CompletedRun) => object): void {
  const runs: readonly object[] = runsIn(folder);
  const at = (runs as RunRecord[]).findIndex((run) => run.method === method && run.status === 'completed');
  writeRuns(folder, runs.with(at, change(runs[at] as CompletedRun)));
}

export const environmentIn = (folder: string) =>
  environmentSchema.parse(
    JSON.parse(readFileSync(join(folder, 'environment.json'), 'utf8')),
  ) as TrainingEnvironment;

/** The same settings with the id that they have. */
export async function identified(folder: string, run: RunRecord): Promise<RunRecord> {
  const settings = await recordedSettings({ cache: '.cache' })(environmentIn(folder));
  return { ...run, id: jobOf(run, settings).id };
}

export const same = (a: unknown, b: unknown) => canonicalJson(a) === canonicalJson(b);
