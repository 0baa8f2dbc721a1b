import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { projectRoot } from '../../../base/project-root.ts';
import { DiskShelf, type ShelfSettings } from '../../../suites/stages/disk-shelf.ts';
import { until } from '../../processes.ts';

const parent = fs.mkdtempSync(join(tmpdir(), 'embed-bench-stages-'));
afterAll(() => fs.rmSync(parent, { recursive: true }));
let folder: string;
beforeEach(() => {
  folder = join(fs.mkdtempSync(join(parent, 'shelf-')), 'stages');
});

const shelfOf = (settings: Partial<ShelfSettings> = {}, run = 'first') =>
  new DiskShelf({ folder, limit: 1e9, ...settings }, run);

const numbers = (count: number, first = 0) => Float32Array.from({ length: count }, (_, i) => first + i);

/** Shelves a stage of so many floats; false if another one has it. */
async function put(shelf: DiskShelf, name: string, count = 1000): Promise<boolean> {
  const order = await shelf.take(name);
  if (order.type === 'shelved') {
    order.close();
    return false;
  }
  order.goesOn();
  await order.put({ of: name, rates: [1.5, NaN] }, count, async (sink) => {
    for (let at = 0; at < count; at += 300)
      await Promise.resolve(sink.write(numbers(Math.min(300, count - at), at)));
  });
  return true;
}

/** The floats of a stage; undefined if it is not there, or not whole. */
async function get(shelf: DiskShelf, name: string, count = 1000) {
  const found = await shelf.take(name);
  if (found.type === 'missing') return void found.giveUp();
  const floats = new Float32Array(count);
  found.read(floats.subarray(0, 10));
  found.read(floats.subarray(10));
  expect(() => found.read(new Float32Array(1))).toThrow('ends too soon');
  found.close();
  return { run: found.run, facts: found.facts, floats };
}

const stages = () => fs.readdirSync(folder).filter((name) => /^[0-9a-f]{32}$/.test(name));
const fileOf = (name: 'floats' | 'facts') => join(folder, stages()[0], name);

test('a stage is given as it was shelved, with the run that trained it', async () => {
  expect(await put(shelfOf(), 'a')).toBe(true);
  expect(await get(shelfOf({}, 'second'), 'a')).toEqual({
    run: 'first',
    facts: { of: 'a', rates: [1.5, NaN] },
    floats: numbers(1000),
  });
  expect(await get(shelfOf(), 'another')).toBeUndefined();
  expect(fs.readdirSync(folder).filter((name) => !stages().includes(name))).toEqual([]);
});

const flip = (file: string, at: number) => {
  const bytes = fs.readFileSync(file);
  bytes[at] ^= 1;
  fs.writeFileSync(file, bytes);
};
test.each<[string, () => void]>([
  ['a changed float', () => flip(fileOf('floats'), 2001)],
  ['a changed last float', () => flip(fileOf('floats'), 3999)],
  ['lost floats', () => fs.truncateSync(fileOf('floats'), 3996)],
  ['more floats', () => fs.appendFileSync(fileOf('floats'), 'more')],
  ['no floats', () => fs.rmSync(fileOf('floats'))],
  ['changed facts', () => flip(fileOf('facts'), 100)],
  ['a changed checksum', () => flip(fileOf('facts'), 3)],
  ['lost facts', () => fs.truncateSync(fileOf('facts'), 50)],
  ['empty facts', () => fs.truncateSync(fileOf('facts'), 0)],
  ['no facts', () => fs.rmSync(fileOf('facts'))],
])('a stage with %s is trained again, and replaced', async (_, damage) => {
  await put(shelfOf(), 'a');
  damage();
  expect(await get(shelfOf(), 'a')).toBeUndefined();
  expect(await put(shelfOf({}, 'again'), 'a')).toBe(true);
  expect((await get(shelfOf(), 'a'))?.run).toBe('again');
});

test('a stage of another name under the same hash is not given', async () => {
  await put(shelfOf(), 'a');
  const place = join(folder, stages()[0]);
  await put(shelfOf(), 'b');
  const other = join(
    folder,
    stages().find((name) => join(folder, name) !== place)!,
  );
  fs.rmSync(place, { recursive: true });
  fs.renameSync(other, place);
  expect(await get(shelfOf(), 'a')).toBeUndefined();
});

test('what was shelved before a forced sweep is trained again, once', async () => {
  await put(shelfOf(), 'a');
  await new Promise((resolve) => setTimeout(resolve, 5));
  const forced = { notBefore: Date.now() };
  expect(await get(shelfOf(forced), 'a')).toBeUndefined();
  expect(await put(shelfOf(forced, 'anew'), 'a')).toBe(true);
  expect((await get(shelfOf(forced), 'a'))?.run).toBe('anew');
});

describe('within a limit', () => {
  test('those used the longest ago go first', async () => {
    const shelf = shelfOf({ limit: 3 * 4000 + 3000 }); // three stages, with their facts
    for (const name of ['a', 'b', 'c']) await put(shelf, name);
    stages().forEach((name) => fs.utimesSync(join(folder, name), 1000, 1000));
    expect(await get(shelf, 'b')).toBeDefined();
    await put(shelf, 'd');
    expect(stages()).toHaveLength(3);
    expect(await get(shelf, 'b')).toBeDefined();
    expect(await get(shelf, 'd')).toBeDefined();
  });

  test('a stage that is larger than it is not shelved, and removes none', async () => {
    const shelf = shelfOf({ limit: 10_000 });
    await put(shelf, 'a');
    await put(shelf, 'large', 5000);
    expect(stages()).toHaveLength(1);
    expect(await get(shelf, 'a')).toBeDefined();
    expect(await get(shelf, 'large')).toBeUndefined();
  });
});

test('a folder that cannot be made or written is no error: every run trains its own', async () => {
  fs.writeFileSync(join(folder, '..', 'file'), '');
  const shelf = shelfOf({ folder: join(folder, '..', 'file', 'stages') });
  expect(await put(shelf, 'a')).toBe(true);
  expect(await put(shelf, 'a')).toBe(true);
});

test('with modules loaded first, whose content nobody knows, every run trains its own', async () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const options of [
    '--import ./plug-in.ts',
    '--require=./plug-in.cjs',
    '--import tsx -r ./plug-in.cjs',
  ]) {
    vi.stubEnv('NODE_OPTIONS', options);
    expect(await put(shelfOf(), 'a')).toBe(true);
    expect(await put(shelfOf(), 'a'), options).toBe(true);
  }
  vi.stubEnv('NODE_OPTIONS', '--import tsx --max-old-space-size=900');
  expect(await put(shelfOf(), 'a')).toBe(true);
  expect(await put(shelfOf(), 'a')).toBe(false);
});

test('a training that fails gives its claim back', async () => {
  const order = await shelfOf().take('a');
  if (order.type === 'missing') order.giveUp();
  expect(await put(shelfOf({}, 'next'), 'a')).toBe(true);
});

test('writing that fails half way leaves no stage', async () => {
  const order = await shelfOf().take('a');
  if (order.type === 'shelved') throw new Error('nobody shelved it');
  const failing = order.put({}, 1000, (sink) => {
    sink.write(numbers(500));
    return Promise.reject(new Error('broken'));
  });
  await expect(failing).rejects.toThrow('broken');
  expect(fs.readdirSync(folder)).toEqual([]);
  expect(await put(shelfOf(), 'a')).toBe(true);
});

test('a full disk leaves no stage, and the run goes on', async () => {
  const order = await shelfOf().take('a');
  if (order.type === 'shelved') throw new Error('nobody shelved it');
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', syscall: 'write' });
  await order.put({}, 1000, () => Promise.reject(full));
  expect(fs.readdirSync(folder)).toEqual([]);
});

/** A process that asks for the stage. */
function start(name: string, what: 'trains' | 'hangs' = 'trains') {
  const file = join(import.meta.dirname, 'shelf-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', file, folder, name, what], { cwd: projectRoot });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stdout.on('data', (text: Buffer) => (told += text.toString()));
  return { child, told: () => told.trim().split('\n') };
}

test('of two processes one trains, and the other waits for it', async () => {
  const both = [start('a'), start('a')];
  await until(() => both.every(({ child }) => child.exitCode !== null), 20_000);
  expect(both.map(({ told }) => told().join()).sort()).toEqual(['given 7', 'trains,shelved']);
});

test('who waits for a process that is killed trains instead', async () => {
  const hanging = start('a', 'hangs');
  await until(() => hanging.told().includes('trains'), 20_000);
  const waiting = start('a');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(waiting.told()).toEqual(['']);
  hanging.child.kill('SIGKILL');
  await until(() => waiting.child.exitCode !== null, 20_000);
  expect(waiting.told()).toEqual(['trains', 'shelved']);
});

test('who waits for a process that says nothing any more trains without it', async () => {
  const hanging = start('a', 'hangs');
  await until(() => hanging.told().includes('trains'), 20_000);
  const [claim] = fs.readdirSync(folder).filter((name) => name.endsWith('.claim'));
  fs.utimesSync(join(folder, claim), 1000, 1000);
  expect(await put(shelfOf(), 'a')).toBe(true);
  expect(stages()).toEqual([]);
});
