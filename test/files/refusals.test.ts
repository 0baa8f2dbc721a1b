import fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { writeTsv } from '../../datasets/criteo/write-tsv.ts';
import { openCached } from '../../datasets/prepared/cache.ts';
import { defaultSettings } from '../../datasets/prepared/settings.ts';
import { diskFault } from '../../files/disk-fault.ts';
import { makeFolder, removeFolders } from '../../files/folders.ts';
import { writeWhole } from '../../files/whole-file.ts';
import { UserError } from '../../base/user-error.ts';
import { writeReport } from '../../reports/report.ts';
import { writeSite } from '../../reports/site/write-site.ts';
import { openStore } from '../../results/store.ts';
import { writeTestScores } from '../../results/test-scores.ts';
import { requireWritable } from '../../suites/running/recording-folder.ts';
import { criteoRows, logOf, temporaryDirectory } from '../datasets/sample-rows.ts';
import { completedRun, environment } from '../reports/recordings.ts';

const oneRow = criteoRows([
  { label: 1, integers: Array<number>(13).fill(1), tokens: Array<number>(26).fill(1) },
]);
const manyRows = criteoRows(
  Array.from({ length: 500 }, () => ({
    label: 1,
    integers: Array<number>(13).fill(1),
    tokens: Array<number>(26).fill(1),
  })),
);
const run = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });

/** A folder with one published recording. */
async function results(): Promise<string> {
  const folder = temporaryDirectory();
  const store = openStore(join(folder, '2026-11-28-one'));
  store.writeEnvironment(environment);
  store.append(run);
  store.close();
  return Promise.resolve(folder);
}

const cached = (cache: string) =>
  openCached({
    cache,
    dataset: 'log',
    key: {},
    settings: defaultSettings,
    maxBadLines: 0,
    source: () => logOf({ A: Array.from({ length: 70 }, (_, i) => i % 9) }),
  });

/** Everything that makes folders or files where the user says. */
const writers: Record<string, (path: string) => unknown> = {
  'prepared data': cached,
  'a recording': (path) => openStore(path),
  'the test before a recording': requireWritable,
  'a site': async (path) => writeSite(await results(), path),
  'scores': (path) => writeTestScores(path, 'id', new Float32Array(1), new Uint8Array(1)),
  'a file': (path) => writeWhole(path, 'x'),
  'a raw log': (path) => writeTsv(criteoRows([]), path),
  'a folder': makeFolder,
}; // prettier-ignore

/** The error of a writer, in one line. */
async function refusal(write: (path: string) => unknown, path: string): Promise<string> {
  try {
    await write(path);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as UserError;
    expect(message).not.toMatch(/\n/);
    return message;
  }
  return 'nothing was refused';
}

describe('places where nothing can be made are a line that names them', () => {
  test.each(Object.entries(writers))('%s', { timeout: 15_000 }, async (_, write) => {
    if (process.platform === 'linux')
      for (const path of ['/proc/nowhere', '/proc/nowhere/deep', '/proc/self/nowhere/deep'])
        expect(await refusal(write, path)).toMatch(/^\/proc\/.*nowhere.*: .*; (choose|write|free)/);
    const folder = temporaryDirectory();
    const file = join(folder, 'file');
    fs.writeFileSync(file, '');
    fs.symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
    expect(await refusal(write, join(file, 'x'))).toMatch(
      /file.*: (a part of this path is a file|is a file)/,
    );
    expect(await refusal(write, join(folder, 'dangling', 'x'))).toMatch(
      /dangling.*: (no folder can|its folder is|is a link that leads nowhere)/,
    );
    if (write === makeFolder)
      expect(await refusal(write, join(folder, 'dangling'))).toMatch(
        /dangling: is a link that leads nowhere;/,
      );
    expect(await refusal(write, join(folder, 'n'.repeat(300), 'x'))).toMatch(/nnn.*: the name is too long;/);
    expect(fs.readdirSync(folder).sort()).toEqual(['dangling', 'file']);
  });
});

/** Writes that fail where the disk has no room left; what was written before stays. */
function fillDisk(after: number): void {
  let left = after;
  const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' }); // prettier-ignore
  const { writeFileSync, writeSync } = fs;
  vi.spyOn(fs, 'writeFileSync').mockImplementation((...args) => {
    if (left-- > 0) return writeFileSync(...args);
    if (typeof args[0] === 'string') writeFileSync(args[0], ''); // as a real one: the file is there, and empty
    throw full();
  });
  vi.spyOn(fs, 'writeSync').mockImplementation((...args: Parameters<typeof writeSync>) => {
    if (left-- > 0) return writeSync(...args);
    throw full();
  });
  syncBuiltinESMExports();
}

/** A file system of so many bytes; false if this process may not make one. */
function mounted(folder: string, bytes: number): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** A recording of one run with its scores. */
function recorded(path: string): void {
  const store = openStore(path);
  try {
    store.writeEnvironment(environment);
    writeTestScores(path, 'id', new Float32Array(20_000), new Uint8Array(20_000));
    store.append(run);
  } finally {
    store.close();
  }
}

describe('a full disk', () => {
  test.each([0, 2, 4])('leaves no lock, no *.tmp and no new folder, after %i writes', async (writes) => {
    const folder = temporaryDirectory();
    const out = join(folder, 'deep/recording');
    const published = await results();
    const again: string[] = [];
    fillDisk(writes);
    try {
      const store = openStore(out);
      try {
        store.writeEnvironment(environment);
        store.append(run);
      } finally {
        store.close();
      }
    } catch (error) {
      again.push((error as Error).message);
    }
    for (const write of [() => writeReport(join(published, '2026-11-28-one')), () => writeSite(published, join(folder, 'site'))])
      again.push(await refusal(write, '')); // prettier-ignore
    vi.restoreAllMocks();
    syncBuiltinESMExports();
    for (const line of again) expect(line).toMatch(/^\/.*: no space left on the disk; free some/);
    expect(again.length).toBeGreaterThanOrEqual(writes === 0 ? 3 : 2);
    const left = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => /lock|tmp/.test(name))).toEqual([]);
    if (writes === 0) expect(left).toEqual([]);
    expect(fs.readdirSync(join(published, '2026-11-28-one')).sort()).toEqual([
      'environment.json',
      'runs.jsonl',
    ]);
  });

  test('that is a real one: whatever is written when it is full, nothing is left of it', async ({ skip }) => {
    const disk = temporaryDirectory();
    const size = 256 * 1024;
    skip(!mounted(disk, size), 'no file system can be mounted here');
    try {
      const published = await results();
      for (const free of [0, 1, 2, 3, 5, 8]) {
        const filler = join(disk, 'filler');
        fs.writeFileSync(filler, new Uint8Array(size - free * 4096 - 4096));
        const lines = await Promise.all([
          refusal(async (path) => void (await cached(path)), join(disk, 'cache')),
          refusal((path) => recorded(path), join(disk, 'deep/recording')),
          refusal((path) => writeSite(published, path), join(disk, 'site')),
          refusal((path) => writeWhole(path, 'x'.repeat(50_000)), join(disk, 'file')),
          refusal((path) => writeTsv(manyRows, path), join(disk, 'rows.tsv')),
        ]);
        for (const line of lines)
          if (line !== 'nothing was refused')
            expect(line.startsWith(disk) && / no space left on the disk; /.test(line), line).toBe(true);
        const left = fs.readdirSync(disk, { recursive: true, encoding: 'utf8' });
        expect(left.filter((name) => /lock|tmp|partial|preparing|site|file$/.test(name))).toEqual([]);
        expect(lines.filter((line) => line === 'nothing was refused').length).toBeLessThan(
          free === 0 ? 1 : 3,
        );
        for (const name of fs.readdirSync(disk)) fs.rmSync(join(disk, name), { recursive: true });
      }
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  test('/dev/full is written to as it is, and stays', async ({ skip }) => {
    skip(!fs.existsSync('/dev/full'), 'this system has no /dev/full');
    expect(await refusal((path) => writeWhole(path, 'x'), '/dev/full')).toMatch(
      /^\/dev\/full: no space left/,
    );
    expect(await refusal((path) => writeTsv(oneRow, path), '/dev/full')).toMatch(/^\/dev\/full: no space/);
    expect(fs.statSync('/dev/full').isCharacterDevice()).toBe(true);
    expect(fs.readdirSync('/dev').filter((name) => name.startsWith('full'))).toEqual(['full']);
  });
});

test('folders are made one by one, and only those that are missing', () => {
  const folder = temporaryDirectory();
  const made = makeFolder(join(folder, 'a/b/c'));
  expect(made).toEqual(['a/b/c', 'a/b', 'a'].map((path) => join(folder, path)));
  expect(makeFolder(join(folder, 'a/b/c'))).toEqual([]);
  fs.writeFileSync(join(folder, 'a/file'), '');
  removeFolders(made);
  expect(fs.readdirSync(join(folder, 'a'))).toEqual(['file']);
});

test('only calls to the file system are faults of the disk', () => {
  const error = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });
  expect(diskFault(error('ENOENT', 'spawn python3'), 'x')).toBeUndefined();
  expect(diskFault(error('ECONNREFUSED', 'connect'), 'x')).toBeUndefined();
  expect(diskFault(new Error('other'), 'x')).toBeUndefined();
  expect(diskFault(error('EWEIRD', 'open'), 'x')?.message).toBe('x: cannot be written (EWEIRD); choose another place'); // prettier-ignore
});
