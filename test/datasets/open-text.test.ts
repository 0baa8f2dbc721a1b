import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { checksum } from '../../datasets/checksum.ts';
import { openText } from '../../datasets/text/open-text.ts';
import { textFile } from '../../datasets/text/text-file.ts';
import { temporaryDirectory } from './sample-rows.ts';

const text = Array.from({ length: 30_000 }, (_, i) => `line ${i} ${Math.imul(i, 0x9e3779b1) >>> 0}\n`).join(
  '',
);
const zstd = spawnSync('zstd', ['--version']).status === 0;

async function read(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of openText(path)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function file(name: string, content: string | Uint8Array): string {
  const path = join(temporaryDirectory(), name);
  fs.writeFileSync(path, content);
  return path;
}

test('plain and gzip, by content whatever the name, also of several members', async () => {
  expect(await read(file('a.txt', text))).toBe(text);
  expect(await read(file('a.txt', zlib.gzipSync(text)))).toBe(text);
  expect(await read(file('a.gz', Buffer.concat([zlib.gzipSync(text), zlib.gzipSync('more')])))).toBe(
    text + 'more',
  );
});

test.skipIf(!zstd)('zstd, whole and truncated', async () => {
  const path = file('a.txt', text);
  execFileSync('zstd', ['-q', path]);
  expect(await read(`${path}.zst`)).toBe(text);
  const half = fs.readFileSync(`${path}.zst`);
  fs.writeFileSync(`${path}.zst`, half.subarray(0, half.length / 2));
  await expect(read(`${path}.zst`)).rejects.toThrow(
    /a\.txt\.zst: zstd could not decompress it \(.+\); download/,
  );
});

test('without the zstd program, the fault says so', async () => {
  vi.stubEnv('PATH', temporaryDirectory());
  const path = file('a.zst', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0));
  await expect(read(path)).rejects.toThrow(
    /needs the zstd program; install it, or decompress the file yourself/,
  );
  vi.unstubAllEnvs();
});

test('a truncated gzip, a corrupted one, a false name, a tar archive', async () => {
  const whole = zlib.gzipSync(text);
  await expect(read(file('a.gz', whole.subarray(0, whole.length / 2)))).rejects.toThrow(
    'a.gz: the gzip data end too early; download the file again',
  );
  const corrupted = Buffer.from(whole).fill(0xff, 1000, 1100);
  await expect(read(file('a.gz', corrupted))).rejects.toThrow(
    'a.gz: the gzip data are corrupted; download the file',
  );
  await expect(read(file('a.gz', text))).rejects.toThrow('a.gz: ends in .gz but is not compressed that way');
  const tar = Buffer.alloc(1024);
  tar.write('ustar', 257);
  await expect(read(file('a.tar.gz', zlib.gzipSync(tar)))).rejects.toThrow(
    'a.tar.gz: is a tar archive; unpack it',
  );
});

test('a missing file, a directory, an empty file, a file as a directory', () => {
  const directory = temporaryDirectory();
  const empty = file('empty.txt', '');
  expect(() => textFile(join(directory, 'no.txt'))).toThrow(
    'no.txt: no such file; check the path given with --data',
  );
  expect(() => textFile(join(empty, 'no.txt'))).toThrow('no.txt: no such file');
  expect(() => textFile(directory)).toThrow('is a directory; give the file inside it');
  expect(() => textFile(empty)).toThrow('empty.txt: the file is empty; download or unpack it again');
});

test('the checksum is of the text, not of its chunks', () => {
  const digest = (...chunks: string[]) => {
    const sum = checksum();
    for (const chunk of chunks) sum.update(Buffer.from(chunk));
    return sum.digest();
  };
  expect(digest('abc', 'd', '', 'efghijklmnopqrstuvw')).toBe(digest('abcdefghijklmnopqrstuvw'));
  expect(digest('abd')).not.toBe(digest('abc'));
  expect(digest('abc\0')).not.toBe(digest('abc'));
});
