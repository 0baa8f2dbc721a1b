import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import {
  clearCheckpoints,
  hasCheckpointSince,
  removeCheckpoints,
} from '../../../suites/checkpoints/checkpoint-names.ts';
import { type CheckpointSettings, DiskCheckpoints } from '../../../suites/checkpoints/disk-checkpoints.ts';

const parent = fs.mkdtempSync(join(tmpdir(), 'embed-bench-checkpoints-'));
afterAll(() => fs.rmSync(parent, { recursive: true }));
let folder: string;
let told: string[];
beforeEach(() => {
  folder = join(fs.mkdtempSync(join(parent, 'recording-')), 'checkpoints');
  told = [];
});

const run = '0123456789abcdef';
const checkpointsOf = (settings: Partial<CheckpointSettings> = {}, text = 'code', id = run) =>
  new DiskCheckpoints(
    { folder, everyMs: 60_000, ...settings },
    { id, text, tell: (line) => void told.push(line) },
  );

const numbers = (count: number) => Float64Array.from({ length: count }, (_, i) => i / 3);

const put = (checkpoints: DiskCheckpoints, count = 1000, facts: unknown = { step: 7, rates: [1.5, NaN] }) =>
  checkpoints.put(0, 'step', {
    facts,
    bytes: 8 * count,
    write: async (sink) => {
      for (let at = 0; at < count; at += 300)
        await Promise.resolve(sink.write(numbers(count).subarray(at, at + 300)));
    },
  });

/** Facts and numbers of a checkpoint; undefined if it is not there, or not whole. */
function get(checkpoints: DiskCheckpoints, count = 1000) {
  const found = checkpoints.take(0, 'step');
  if (found === undefined) return undefined;
  const values = new Float64Array(count);
  found.read(values.subarray(0, 10));
  found.read(values.subarray(10));
  expect(() => found.read(new Uint8Array(1))).toThrow('ends too soon');
  found.close();
  return { facts: found.facts, values };
}

const path = () => join(folder, `${run}.0.step`);

test('a checkpoint is given as it was written, and replaced by the next one', async () => {
  expect(get(checkpointsOf())).toBeUndefined();
  expect(await put(checkpointsOf())).toBe(true);
  expect(get(checkpointsOf())).toEqual({ facts: { step: 7, rates: [1.5, NaN] }, values: numbers(1000) });
  expect(await put(checkpointsOf(), 700, { step: 9 })).toBe(true);
  expect(get(checkpointsOf(), 700)).toEqual({ facts: { step: 9 }, values: numbers(700) });
  expect(checkpointsOf().take(1, 'step')).toBeUndefined();
  expect(checkpointsOf().take(0, 'end')).toBeUndefined();
  expect(checkpointsOf({}, 'code', 'f'.repeat(16)).take(0, 'step')).toBeUndefined();
  expect(fs.readdirSync(folder)).toEqual([`${run}.0.step`]);
  checkpointsOf().drop(0, 'step');
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(told).toEqual([]);
});

const flip = (at: number) => {
  const bytes = fs.readFileSync(path());
  bytes[at < 0 ? bytes.length + at : at] ^= 1;
  fs.writeFileSync(path(), bytes);
};
test.each<[string, () => void]>([
  ['a changed first letter', () => flip(0)],
  ['a changed length', () => flip(9)],
  ['changed facts', () => flip(40)],
  ['a changed number', () => flip(3000)],
  ['a changed last number', () => flip(-33)],
  ['a changed checksum', () => flip(-1)],
  ['a lost end', () => fs.truncateSync(path(), 5000)],
  ['one byte less', () => fs.truncateSync(path(), fs.statSync(path()).size - 1)],
  ['more bytes', () => fs.appendFileSync(path(), 'x')],
  ['next to nothing', () => fs.truncateSync(path(), 20)],
  ['nothing', () => fs.truncateSync(path(), 0)],
])('one with %s is told, removed and not used', async (_, damage) => {
  await put(checkpointsOf());
  damage();
  expect(get(checkpointsOf())).toBeUndefined();
  expect(told).toEqual([`${path()}: the checkpoint is damaged and not used`]);
  expect(fs.existsSync(path())).toBe(false);
});

test('one of other code, or from before a forced command, is not used', async () => {
  await put(checkpointsOf());
  expect(get(checkpointsOf({ notBefore: Date.now() + 1000 }))).toBeUndefined();
  expect(told).toEqual([]);
  expect(get(checkpointsOf({}, 'other code'))).toBeUndefined();
  expect(told).toEqual([
    `${path()}: the checkpoint is of other code or another kind of machine, and not used`,
  ]);
  expect(get(checkpointsOf())).toBeDefined();
});

test('a disk that refuses one leaves the one before, and training goes on', async () => {
  await put(checkpointsOf());
  const full = () => {
    throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC', syscall: 'write' });
  };
  const refused = vi.spyOn(fs, 'writeSync').mockImplementation(full);
  const checkpoints = checkpointsOf();
  expect(await put(checkpoints)).toBe(false);
  expect(await put(checkpoints)).toBe(false);
  refused.mockRestore();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/no space left on the disk; .*; training goes on without a checkpoint$/);
  expect(get(checkpointsOf())).toBeDefined();
  expect(fs.readdirSync(folder)).toEqual([`${run}.0.step`]);
  const statfs = vi.spyOn(fs, 'statfsSync').mockReturnValue({ bavail: 2 ** 20, bsize: 1024 } as fs.StatsFs);
  expect(await put(checkpoints)).toBe(false);
  statfs.mockRestore();
  expect(told[1]).toMatch(/no room for a checkpoint of 0\.0 GB; training goes on without$/);
});

test('a folder that cannot be made is told as well; a defect is thrown', async () => {
  fs.writeFileSync(folder, '');
  expect(await put(checkpointsOf())).toBe(false);
  expect(told[0]).toMatch(/checkpoints: .*; training goes on without a checkpoint$/);
  fs.rmSync(folder);
  const short = checkpointsOf().put(0, 'step', { facts: {}, bytes: 9, write: () => Promise.resolve() });
  await expect(short).rejects.toThrow('a state of 0 bytes where 9 were promised');
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('time passes from one to the next', async () => {
  const checkpoints = checkpointsOf({ everyMs: 100 });
  expect(checkpoints.isDue()).toBe(false);
  const later = performance.now() + 150;
  const now = vi.spyOn(performance, 'now').mockReturnValue(later);
  expect(checkpoints.isDue()).toBe(true);
  expect(checkpoints.isDue(2)).toBe(false);
  await put(checkpoints);
  expect(checkpoints.isDue()).toBe(false);
  now.mockReturnValue(later + 50);
  expect([checkpoints.isDue(), checkpoints.isDue(0.4)]).toEqual([false, true]);
  now.mockRestore();
});

test('a run got on if it has a checkpoint since then', async () => {
  const since = (time: number) => hasCheckpointSince(folder, [run, 'f'.repeat(16)], time);
  expect(since(0)).toBe(false);
  await put(checkpointsOf());
  fs.utimesSync(path(), 2000, 2000);
  expect([since(1_999_999), since(2_000_001)]).toEqual([true, false]);
  expect(hasCheckpointSince(folder, ['f'.repeat(16)], 0)).toBe(false);
});

test('what is left: runs that are done lose theirs, and half written files go', async () => {
  const other = 'f'.repeat(16);
  await put(checkpointsOf());
  await put(checkpointsOf({}, 'code', other));
  fs.writeFileSync(`${path()}.123.tmp`, 'half');
  fs.writeFileSync(join(folder, 'of-the-user'), '');
  clearCheckpoints(folder, (id) => id === run);
  expect(fs.readdirSync(folder).sort()).toEqual([`${other}.0.step`, 'of-the-user']);
  removeCheckpoints(folder, other);
  fs.rmSync(join(folder, 'of-the-user'));
  clearCheckpoints(folder, () => true);
  expect(fs.existsSync(folder)).toBe(false);
  clearCheckpoints(folder, () => true);
  removeCheckpoints(folder, run);
});

test('a request to end is noted while a training listens, and ends the process otherwise', async () => {
  const module = join(import.meta.dirname, '../../../suites/checkpoints/disk-checkpoints.ts');
  const code = `
    import { DiskCheckpoints } from ${JSON.stringify(module)};
    const checkpoints = new DiskCheckpoints({ folder: '/nowhere', everyMs: 1 }, { id: 'x', text: '', tell() {} });
    checkpoints.listen();
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => {
      process.stdout.write(String(checkpoints.endedBy));
      checkpoints.unlisten();
      process.kill(process.pid, 'SIGINT');
      setTimeout(() => {}, 60_000);
    }, 50);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  let said = '';
  child.stdout.on('data', (text) => (said += String(text)));
  const ended = await new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
  expect([said, ended]).toEqual(['SIGTERM', 'SIGINT']);
});
