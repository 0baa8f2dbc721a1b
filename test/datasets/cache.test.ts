import fs from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCached, preparedDirectory, type PrepareRequest } from '../../datasets/prepared/cache.ts';
import { openPrepared } from '../../datasets/prepared/read.ts';
import { defaultSettings } from '../../datasets/prepared/settings.ts';
import { logOf, temporaryDirectory } from './sample-rows.ts';

const log = logOf({
  A: Array.from({ length: 70 }, (_, i) => i % 9),
  B: Array.from({ length: 70 }, (_, i) => i),
});

/** A request that counts how often its source is read. */
function counted(more: Partial<PrepareRequest> = {}) {
  const state = { reads: 0, messages: [] as string[] };
  const request: PrepareRequest = {
    cache: temporaryDirectory(),
    dataset: 'log',
    key: { rows: 70 },
    settings: defaultSettings,
    maxBadLines: 0,
    source: () => ({
      ...log,
      blocks() {
        state.reads++;
        return log.blocks();
      },
    }),
    onMessage: (message) => state.messages.push(message),
    ...more,
  };
  return { request, state };
}

const deadPid = 2 ** 22 + 1; // above the largest pid of Linux

test('prepared once, then reused; other settings or rows are prepared beside it', async () => {
  const { request, state } = counted();
  const first = await openCached(request);
  const second = await openCached(request);
  expect(state.reads).toBe(1);
  expect(second.fingerprint).toBe(first.fingerprint);
  await openCached({ ...request, settings: { ...defaultSettings, minCount: 2 } });
  await openCached({ ...request, key: { rows: 71 } });
  expect(state.reads).toBe(3);
  expect(fs.readdirSync(request.cache)).toHaveLength(3);
});

test.each<[string, (directory: string) => void, RegExp]>([
  [
    'a column file is cut off',
    (d) => fs.truncateSync(join(d, 'dense.f32'), 100),
    /dense.f32: 100 bytes, expected 280(;|$)/,
  ],
  ['a column file is gone', (d) => fs.rmSync(join(d, 'ids-A.u8')), /ids-A.u8: no bytes, expected 70(;|$)/],
  ['the manifest is gone', (d) => fs.rmSync(join(d, 'manifest.json')), /no prepared data here/],
  [
    'the manifest is cut off',
    (d) => fs.truncateSync(join(d, 'manifest.json'), 50),
    /manifest.json: not valid JSON(;|$)/,
  ],
  [
    'the manifest is null',
    (d) => fs.writeFileSync(join(d, 'manifest.json'), 'null'),
    /format version undefined, expected 4(;|$)/,
  ],
  ['another version', (d) => edit(d, '"version": 4', '"version": 3'), /format version 3, expected 4(;|$)/],
  [
    'a wrong member',
    (d) => edit(d, '"minCount": 1', '"minCount": "x"'),
    /manifest.json: settings.minCount: .+/,
  ],
])('a damaged cache is refused, and prepared again: %s', async (_, damage, complaint) => {
  const { request, state } = counted();
  const { fingerprint } = await openCached(request);
  const directory = preparedDirectory(request);
  damage(directory);
  expect(() => openPrepared(directory)).toThrow(complaint);
  expect((await openCached(request)).fingerprint).toBe(fingerprint);
  expect(state).toMatchObject({ reads: 2, messages: [expect.stringMatching(complaint)] });
  expect(state.messages.join()).not.toContain('prepare the data again'); // that is done already
  expect(fs.readdirSync(request.cache)).toHaveLength(1);
});

function edit(directory: string, from: string, to: string): void {
  const path = join(directory, 'manifest.json');
  fs.writeFileSync(path, fs.readFileSync(path, 'utf8').replace(from, to));
}

test('a cached result with more malformed lines left out than allowed is not used', async () => {
  const { request, state } = counted({ maxBadLines: 5 });
  const source = request.source();
  const withBadLines = {
    ...source,
    origin: () => ({ name: 'log', badLines: 3, firstBadLines: ['log:2: bad'] }),
  };
  expect((await openCached({ ...request, source: () => withBadLines })).facts.badLines).toBe(3);
  await openCached({ ...request, maxBadLines: 3, source: () => withBadLines });
  expect(state.reads).toBe(1);
  await openCached({ ...request, maxBadLines: 2 });
  expect(state).toMatchObject({
    reads: 2,
    messages: ['preparing again: 3 malformed lines were left out, 2 are allowed'],
  });
});

test('nothing is left behind when the source fails halfway, and the next attempt works', async () => {
  const { request } = counted();
  const failing = {
    ...log,
    *blocks() {
      yield* log.blocks() as Iterable<never>;
      throw new Error('cut off');
    },
  };
  await expect(openCached({ ...request, source: () => failing })).rejects.toThrow('cut off');
  expect(fs.readdirSync(request.cache)).toEqual([]);
  expect((await openCached(request)).rows.train).toBe(60);
});

test.each([0, 3, 20, 40, 60])(
  'a disk that is full after %d writes: one line, and nothing left behind',
  async (writes) => {
    const { request } = counted();
    let left = writes;
    const write = (fd: number, bytes: Uint8Array) => {
      if (left-- <= 0)
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
          code: 'ENOSPC',
          syscall: 'write',
        });
      return fs.writeSync(fd, bytes, 0, Math.ceil(bytes.length / 2)); // short writes are no failure
    };
    await expect(openCached({ ...request, write })).rejects.toThrow(
      `${request.cache}: no space left on the disk; preparing takes about as many bytes as the raw text, and several times as many with text columns, lists or side tables: free some, or choose another --cache`,
    );
    expect(fs.readdirSync(request.cache)).toEqual([]);
  },
);

test('a cache directory that cannot be one', async () => {
  const { request } = counted();
  const file = join(request.cache, 'file');
  fs.writeFileSync(file, '');
  await expect(openCached({ ...request, cache: file })).rejects.toThrow(
    'file: is a file; choose another --cache',
  );
  await expect(openCached({ ...request, cache: join(file, 'x') })).rejects.toThrow(
    'x: a part of this path is a file; choose another --cache',
  );
});

test('work directories of dead processes are removed, those of running ones are kept', async () => {
  const { request } = counted();
  const host = os.hostname().replaceAll(/[^\w.]/g, '_');
  const name = (pid: number, on = host) => `log-0123456789abcdef.preparing-${on}-${pid}-00000000`;
  const reused = `log-0123456789abcdef.preparing-${host}-${process.ppid}-1-00000000`; // of another start
  const names = [name(deadPid), name(process.ppid), name(process.pid), name(deadPid, 'elsewhere'), reused];
  for (const directory of names) fs.mkdirSync(join(request.cache, directory));
  await openCached(request);
  const left = fs.readdirSync(request.cache).filter((entry) => entry.includes('.preparing-'));
  expect(left.sort()).toEqual([name(process.ppid), name(deadPid, 'elsewhere')].sort());
  await openCached({ ...request, goneHosts: ['elsewhere'] });
  const now = fs.readdirSync(request.cache).filter((entry) => entry.includes('.preparing-'));
  expect(now).toEqual([name(process.ppid)]);
});

test('the same data prepared several times at once: one result, all can read it', async () => {
  const { request, state } = counted();
  const all = await Promise.all([1, 2, 3].map(() => openCached(request)));
  expect(state.reads).toBe(3);
  expect(new Set(all.map((data) => data.fingerprint)).size).toBe(1);
  for (const data of all) expect([...data.batches('test', { batchSize: 2 })]).toHaveLength(3);
  expect(fs.readdirSync(request.cache)).toHaveLength(1);
});

test('open data stay readable when the cache is removed, and say so after close', async () => {
  const { request } = counted();
  const data = await openCached(request);
  fs.rmSync(request.cache, { recursive: true });
  expect([...data.batches('train', { batchSize: 16 })]).toHaveLength(4);
  data.close();
  expect(() => data.labels('test')).toThrow(/labels.u8 is read after close/);
});
