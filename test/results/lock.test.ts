import { createHash } from 'node:crypto';
import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { kinds, raceForLock } from '../campaign/lock-race.ts';
import { takeLock } from '../../results/lock.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'embed-bench-lock-'))));
afterEach(() => rmSync(directory, { recursive: true }));
const file = () => join(directory, 'lock');

describe('the lock', () => {
  // `npx tsx test/campaign/lock-race.ts 10000` is the long form.
  it.for(kinds)(
    'is held once, however many take it at the same moment: %s',
    { timeout: 60_000 },
    async (kind) => {
      const found = await raceForLock(kind, 100, 3);
      expect(found).toEqual({ rounds: 100, double: 0, none: 0, errors: 0, remains: [] });
    },
  );

  it('names host, process and its start', () => {
    const release = takeLock(file());
    const owner = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, unknown>;
    expect(owner).toMatchObject({ pid: process.pid, host: hostname() });
    if (process.platform === 'linux') expect(owner.started).toMatch(/^\d+$/);
    release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is released only by whom it belongs to', () => {
    const release = takeLock(file());
    const others = JSON.stringify({ pid: 1, host: 'elsewhere', started: null, token: 'x' });
    writeFileSync(file(), others);
    release();
    expect(readFileSync(file(), 'utf8')).toBe(others);
  });

  it('is taken over however many died one after the other while they took it over', () => {
    const dead = (token: string) =>
      JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1', token });
    const keyOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32);
    const chain = ['lock', 'first', 'second', 'third'].map(dead);
    chain.forEach((text, i) =>
      writeFileSync(i === 0 ? file() : `${file()}.after-${keyOf(chain[i - 1])}`, text),
    );
    const release = takeLock(file());
    expect(readdirSync(directory)).toEqual(['lock']);
    expect(() => takeLock(file())).toThrow(`process ${process.pid} on`);
    release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('works where the file system has no links', () => {
    vi.spyOn(fs, 'linkSync').mockImplementation(() => {
      throw Object.assign(new Error('EPERM'), { code: 'EPERM', syscall: 'link' });
    });
    for (const left of [undefined, JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: '1' })]) {
      if (left !== undefined) writeFileSync(file(), left);
      const release = takeLock(file());
      expect(() => takeLock(file())).toThrow(/is writing this recording/);
      release();
      expect(readdirSync(directory)).toEqual([]);
    }
    vi.restoreAllMocks();
  });

  it('is taken and released where what lies beside it can be neither read nor removed', () => {
    const remain = `${file()}.after-${'0'.repeat(32)}`;
    fs.mkdirSync(remain);
    const release = takeLock(file());
    release();
    expect(readdirSync(directory)).toEqual([basename(remain)]);
  });

  it('that is refused leaves nothing beside it', () => {
    const release = takeLock(file());
    expect(() => takeLock(file())).toThrow(/is writing this recording/);
    expect(readdirSync(directory)).toEqual(['lock']);
    release();
  });
});
