import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCached } from '../../datasets/prepared/cache.ts';
import { defaultSettings } from '../../datasets/index.ts';
import { UserError } from '../../base/user-error.ts';
import type { Random } from '../../base/random.ts';
import { writeReport } from '../../reports/report.ts';
import { openStore, readRecording } from '../../results/store.ts';
import { plausibleRecording } from '../reports/recordings.ts';
import { between, oneIn, oneOf } from './choices.ts';
import { failed, held, type CaseResult, type TryCase } from './part.ts';
import { smallLog } from './small-log.ts';
import { leftBehind, startVerb, sweepArguments } from './sweep.ts';

/**
 * A disk that fills up while data is prepared, records are appended or a report is written: one line that names the path,
 * nothing torn left behind, and with more room the same work ends as if there had been room from the start.
 */
export function fullDiskCases(folder: string): TryCase & { close(): void } {
  const disk = join(folder, 'disk');
  mkdirSync(disk, { recursive: true });
  const works = [preparation, preparation, appending, appending, reporting, reporting];
  const tryCase = async (stream: Random) => {
    mount(disk, between(stream, 4, 40)); // resized by the work, which knows what it takes
    try {
      return oneIn(stream, 25) ? await benching(disk, stream) : await oneOf(stream, works)(disk, stream);
    } finally {
      unmount(disk);
    }
  };
  return Object.assign(tryCase, { close: () => rmSync(folder, { recursive: true, force: true }) });
}

/** Why no disk of a given size can be made here. */
export function noSmallDisk(folder: string): string | undefined {
  const probe = join(folder, 'probe');
  mkdirSync(probe, { recursive: true });
  try {
    mount(probe, 64);
    unmount(probe);
    return undefined;
  } catch (error) {
    return `no file system can be mounted here (${(error as Error).message.split('\n').at(-1)?.trim() || 'mount failed'})`;
  }
}

const mount = (disk: string, kilobytes: number) =>
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk], { stdio: 'pipe' });
const resize = (disk: string, kilobytes: number) =>
  execFileSync('mount', ['-o', `remount,size=${kilobytes}k`, disk], { stdio: 'pipe' });
const unmount = (disk: string) => execFileSync('umount', ['-l', disk], { stdio: 'pipe' });

const plenty = 65_536;

/** The required error of a full disk: one line with the cause and the place. */
function expectDiskFault(error: unknown, disk: string): CaseResult | undefined {
  if (!(error instanceof Error)) return failed('crashed', String(error));
  const disks =
    error instanceof UserError || ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
  if (!disks) return failed('crashed', error.stack ?? error.message);
  const path =
    error.message.includes(disk) || String((error as NodeJS.ErrnoException).path ?? '').includes(disk);
  return path ? undefined : failed('crashed', `the message names no path: ${error.message}`);
}

async function preparation(disk: string, stream: Random): Promise<CaseResult> {
  const rows = between(stream, 100, 5000);
  const seed = between(stream, 1, 5);
  const cache = join(disk, 'a', 'cache');
  const open = async (at: string) => {
    const data = await openCached({
      ...{ cache: at, dataset: 'small', key: { rows, seed }, settings: defaultSettings, maxBadLines: 0 },
      source: () => smallLog(rows, seed),
    });
    data.close();
    return data.fingerprint;
  };
  // Sizes range from nothing to more than is needed: a page for each of a dozen files, and some 50 bytes per row.
  resize(disk, between(stream, 4, 100 + Math.ceil(rows / 15)));
  let ended = 'prepared';
  try {
    await open(cache);
  } catch (error) {
    const wrong = expectDiskFault(error, disk);
    if (wrong !== undefined) return wrong;
    ended = 'preparation refused';
  }
  const left = leftBehind(disk);
  if (left.length > 0) return failed('lost', `left behind by a preparation: ${left.join(', ')}`);
  resize(disk, plenty);
  const elsewhere = `${disk}-whole`;
  const [after, expected] = [await open(cache), await open(elsewhere)];
  rmSync(elsewhere, { recursive: true });
  return after === expected ? held(ended) : failed('accepted', 'other data after a full disk');
}

function appending(disk: string, stream: Random): CaseResult {
  const { environment, runs } = plausibleRecording(1);
  const directory = join(disk, 'recording');
  resize(disk, between(stream, 4, 100));
  let appended = 0;
  let ended = 'appended';
  const append = () => {
    const store = openStore(directory);
    try {
      store.writeEnvironment(environment);
      for (const run of runs) {
        if (store.has(run.id)) continue;
        store.append(run);
        appended++;
      }
    } finally {
      store.close();
    }
  };
  try {
    append();
  } catch (error) {
    const wrong = expectDiskFault(error, disk);
    if (wrong !== undefined) return wrong;
    ended = 'record refused';
  }
  const left = leftBehind(disk);
  if (left.length > 0) return failed('lost', `left behind by a store: ${left.join(', ')}`);
  const environmentFile = join(directory, 'environment.json');
  const before = existsSync(environmentFile) ? readRecordingOrNone(directory) : 0;
  if (before < appended) return failed('lost', `${appended - before} records of ${appended}`);
  resize(disk, plenty);
  append();
  return readRecording(directory).runs.length === runs.length
    ? held(ended)
    : failed('lost', 'records after a full disk');
}

function readRecordingOrNone(directory: string): number {
  return existsSync(join(directory, 'runs.jsonl')) ? readRecording(directory).runs.length : 0;
}

async function reporting(disk: string, stream: Random): Promise<CaseResult> {
  const { environment, runs } = plausibleRecording(1);
  const directory = join(disk, 'recording');
  resize(disk, plenty);
  const store = openStore(directory);
  store.writeEnvironment(environment);
  for (const run of runs) store.append(run);
  store.close();
  const report = join(directory, 'report.html');
  const old = oneIn(stream, 2);
  if (old) writeFileSync(report, 'the report before');
  const used = Number(execFileSync('du', ['-sk', disk], { encoding: 'utf8' }).split('\t')[0]);
  resize(disk, used + between(stream, 0, 700));
  let ended = 'reported';
  try {
    await writeReport(directory);
  } catch (error) {
    const wrong = expectDiskFault(error, disk);
    if (wrong !== undefined) return wrong;
    ended = 'report refused';
    if (existsSync(report) !== old)
      return failed('lost', old ? 'the report before is gone' : 'half a report');
    if (old && readFileSync(report, 'utf8') !== 'the report before')
      return failed('lost', 'the report before is torn');
  }
  const left = leftBehind(disk);
  if (left.length > 0) return failed('lost', `left behind by a report: ${left.join(', ')}`);
  resize(disk, plenty);
  await writeReport(directory);
  return readFileSync(report, 'utf8').trimEnd().endsWith('</html>')
    ? held(ended)
    : failed('lost', 'half a report');
}

/** The real command, everything of it on the small disk. */
async function benching(disk: string, stream: Random): Promise<CaseResult> {
  const sweep = ['--method', 'md', '--seeds', '1', '--compression', '4', '--rows', '300'];
  resize(disk, between(stream, 4, 900));
  const first = await startVerb('bench', sweepArguments(disk, sweep)).ended;
  if (first.code !== 0 && !first.said.includes(disk))
    return failed('crashed', `no path in: ${first.said.slice(-400)}`);
  if (/\n\s+at .*\.ts:\d+/.test(first.said)) return failed('crashed', first.said.slice(-400));
  const left = leftBehind(disk);
  if (left.length > 0) return failed('lost', `left behind by bench: ${left.join(', ')}`);
  resize(disk, plenty);
  const second = await startVerb('bench', sweepArguments(disk, sweep)).ended;
  return second.code === 0
    ? held(first.code === 0 ? 'bench' : 'bench refused')
    : failed('lost', second.said.slice(-400));
}
