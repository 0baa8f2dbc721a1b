import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openCached, preparedDirectory, type PrepareRequest } from '../../datasets/prepared/cache.ts';
import { readManifest } from '../../datasets/prepared/manifest.ts';
import { openPrepared } from '../../datasets/prepared/read.ts';
import { defaultSettings, type PrepareSettings } from '../../datasets/prepared/settings.ts';
import { sealOf } from '../../datasets/prepared/verify.ts';
import { logOf, temporaryDirectory } from './sample-rows.ts';

/** Ids of one byte and of two. Times of files are too coarse to tell a change in the same few milliseconds. */
const log = logOf({
  A: Array.from({ length: 700 }, (_, i) => i % 9),
  B: Array.from({ length: 700 }, (_, i) => (i * i) % 601),
}, 100); // prettier-ignore
const tick = () => setTimeout(15);

function request(settings: Partial<PrepareSettings> = {}, messages: string[] = []): PrepareRequest {
  return {
    cache: temporaryDirectory(),
    dataset: 'log',
    key: { rows: 700 },
    settings: { ...defaultSettings, ...settings },
    maxBadLines: 0,
    source: () => log,
    onMessage: (message) => messages.push(message),
  };
}

/** Everything that a run sees of the data, as text. */
async function seen(asked: PrepareRequest): Promise<string> {
  const data = await openCached(asked);
  const batches = (['train', 'validation', 'test'] as const).flatMap((part) =>
    [...data.batches(part, { batchSize: 64 })].map(({ dense, ids, labels }) =>
      [dense, ids, labels].map((values) => values.join()),
    ),
  );
  const probabilities = data.trueProbabilities('test')?.join();
  data.close();
  return JSON.stringify([data.fingerprint, data.fields, data.facts, batches, probabilities]);
}

function flip(path: string, at: number, bit: number): void {
  const bytes = fs.readFileSync(path);
  bytes[at] ^= 1 << bit;
  fs.writeFileSync(path, bytes);
}

const damages: Record<string, (path: string, bytes: number) => void> = {
  'its first bit flipped': (path) => flip(path, 0, 0),
  'a bit in the middle flipped': (path, bytes) => flip(path, bytes >> 1, 5),
  'its last bit flipped': (path, bytes) => flip(path, bytes - 1, 7),
  'its last byte missing': (path, bytes) => fs.truncateSync(path, bytes - 1),
  'no content': (path) => fs.truncateSync(path, 0),
  'a byte too many': (path) => fs.appendFileSync(path, '\0'),
};

test.each(['temporal', 'random'] as const)(
  'every bit of every file of the cache is vouched for, and its length: %s',
  async (protocol) => {
    const asked = request({ protocol });
    const directory = preparedDirectory(asked);
    await seen(asked);
    const files = fs.readdirSync(directory);
    expect(files.sort()).toEqual(
      ['counts-A.u32', 'counts-B.u32', 'dense.f32', 'ids-A.u8', 'ids-B.u16', 'labels.u8', 'manifest.json', 'probabilities.f32'], // prettier-ignore
    );
    await tick();
    for (const name of files) {
      const path = join(directory, name);
      const bytes = fs.readFileSync(path);
      for (const [what, damage] of Object.entries(damages)) {
        damage(path, bytes.length);
        expect(() => openPrepared(directory), `${name}: ${what}`).toThrow(name);
        fs.writeFileSync(path, bytes);
      }
    }
    openPrepared(directory).close();
  },
);

test('whatever file is damaged, the data are prepared again and are the same', async () => {
  const messages: string[] = [];
  const asked = request({}, messages);
  const directory = preparedDirectory(asked);
  const whole = await seen(asked);
  const files = fs.readdirSync(directory);
  for (const name of files) {
    await tick();
    flip(join(directory, name), 7, 4);
    expect(await seen(asked), name).toBe(whole);
  }
  expect(messages).toEqual(files.map((name) => expect.stringContaining(join(directory, name)) as string));
  expect(messages.join('\n')).toMatch(/^preparing again: .*labels.u8: the content does not fit its digest$/m);
  expect(fs.readdirSync(asked.cache)).toHaveLength(1);
});

test('every number of the manifest is vouched for', async () => {
  const asked = request();
  const directory = preparedDirectory(asked);
  await seen(asked);
  const path = join(directory, 'manifest.json');
  const text = fs.readFileSync(path, 'utf8');
  const digits = [...text.matchAll(/: [\d.]+/g)].map(({ index, 0: match }) => index + match.length - 1);
  expect(digits.length).toBeGreaterThan(25);
  for (const at of digits) {
    fs.writeFileSync(path, text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1));
    expect(() => openPrepared(directory)).toThrow('manifest.json: ');
  }
});

test('a change whose time is put back is one', async () => {
  const asked = request();
  const directory = preparedDirectory(asked);
  const { seal } = await openCached(asked);
  await tick();
  const path = join(directory, 'labels.u8');
  const { atimeNs, mtimeNs } = fs.statSync(path, { bigint: true });
  flip(path, 3, 0);
  fs.utimesSync(path, Number(atimeNs) / 1e9, Number(mtimeNs) / 1e9);
  expect(() => openPrepared(directory, seal)).toThrow('labels.u8: the content does not fit its digest');
});

test('a process trusts the seal of the one that verified, and only while no file has changed', async () => {
  const asked = request();
  const directory = preparedDirectory(asked);
  const { seal } = await openCached(asked);
  await tick();
  const path = join(directory, 'labels.u8');
  flip(path, 3, 0);
  expect(() => openPrepared(directory, seal)).toThrow('labels.u8: the content does not fit its digest');
  // A seal cannot show that the disk returns other bytes. Reading still refuses a number that is no label or no id.
  flip(path, 3, 6);
  const trusted = () => openPrepared(directory, sealOf(directory, readManifest(directory)));
  const labels = trusted();
  expect(() => [...labels.batches('train', { batchSize: 64 })]).toThrow(
    /labels.u8: has 6\d where values end at 1; remove/,
  );
  expect(() => labels.labels('train')).toThrow('labels.u8: has 6');
  flip(path, 3, 0);
  flip(path, 3, 6);
  flip(join(directory, 'ids-B.u16'), 1301, 7);
  const ids = trusted();
  expect([...ids.batches('train', { batchSize: 50 })].length).toBe(12);
  expect(() => [...ids.batches('test', { batchSize: 50 })]).toThrow(/ids-B.u16: has 3\d{4} where values/);
});
