import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { methods } from '../../methods/index.ts';
import type { RunRecord } from '../../results/record.ts';
import type { ThroughputRecord } from '../../results/throughput-record.ts';
import { isLong } from '../long.ts';
import { root, scratch, tiny } from '../scripts/run-script.ts';

/**
 * However a method fails, that is one record with its reason, and the others continue: end to end, in the long form beside all
 * methods that there are.
 */

const plugin = 'test/end-to-end/broken-methods.js';

const benchWithBroken = (...args: string[]) =>
  execa('node', ['start/verb.js', 'bench', ...args, ...tiny, '--backend', 'wasm', '--plugin', plugin], {
    ...{ cwd: root, reject: false },
    env: { NODE_OPTIONS: '--max-old-space-size=300' }, // a small heap is full sooner
  });

const linesOf = <T>(file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);

const endings: [method: string, error: string | RegExp][] = [
  ['throws-in-plan', /^no such thing as a plan \(test\/end-to-end\/broken-methods\.js:\d+\)$/],
  ['throws-a-word', 'word'],
  ['throws-in-embed', /^no vectors \(test\/end-to-end\/broken-methods\.js:\d+\)$/],
  ['throws-later', 'the process of this run ended with code 1: RangeError: when nobody listened'],
  ['takes-memory', 'out of memory: try a higher --compression or fewer --jobs'],
  [
    'takes-one-array',
    'out of memory (Array buffer allocation failed): try a higher --compression or a smaller --batch',
  ],
  ['leaves', 'the process of this run ended with code 7'],
  ['is-killed', /^killed \(SIGKILL\): most likely out of memory/],
  ['aborts', 'ended by SIGABRT'],
];

const sound = isLong ? methods.map(({ name }) => name) : ['full', 'mixed-dimension'];

test('every failure is one record and one row', { timeout: 600_000 }, async () => {
  const folder = scratch();
  const out = join(folder, 'out');
  const few = [
    '--no-references',
    '--method',
    [...sound, 'int8(hash)', ...endings.map(([name]) => name)].join(),
    '--compression',
    '4',
    '--seeds',
    '1',
    '--rows',
    '300',
    '--jobs',
    '2',
  ];
  const { exitCode, stderr } = await benchWithBroken(...few, '--cache', join(folder, 'cache'), '--out', out);
  expect(exitCode, stderr).toBe(1);
  const runs = linesOf<RunRecord>(join(out, 'runs.jsonl'));
  const broken = endings.map(([name]) => name);
  expect(runs.map(({ method }) => method).sort()).toEqual(
    [...sound, 'int8(hashing-trick)', ...broken].sort(),
  );
  const html = readFileSync(join(out, 'report.html'), 'utf8');
  for (const [method, error] of endings) {
    const run = runs.find((one) => one.method === method)!;
    expect(run).toMatchObject({
      status: 'failed',
      error: typeof error === 'string' ? error : (expect.stringMatching(error) as string),
    });
    expect(html).toContain(`>${method}</th>`);
  }
  for (const run of runs.filter(({ method }) => !broken.includes(method)))
    expect(run.status, run.method).not.toBe('failed');
});

test('throughput: a method that cannot be planned costs nobody else', { timeout: 240_000 }, async () => {
  const out = join(scratch(), 'speeds');
  const few = ['--method', 'full,throws-in-plan,throws-in-embed', '--rounds', '1', '--scale', '0.0001'];
  const { exitCode, stderr } = await benchWithBroken(
    ...['--suite', 'throughput', '--no-peer', ...few, '--out', out],
  );
  expect(exitCode, stderr).toBe(1);
  const records = linesOf<ThroughputRecord & { error?: string }>(join(out, 'throughput.jsonl'));
  expect(records.map(({ status }) => status)).toEqual(['completed', 'failed', 'failed']);
  expect(records[1].error).toContain('no such thing as a plan');
  expect(records[2].error).toContain('no vectors');
});
