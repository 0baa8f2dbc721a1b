import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changeJson } from '../../scripts/results/change-json.ts';
import { changeLines } from '../../scripts/results/change-lines.ts';
import {
  changesOfMethods,
  changesOfRecordings,
  requireVerdicts,
} from '../../scripts/results/recorded-changes.ts';
import { random } from '../../base/random.ts';
import { placements } from '../../analysis/statistics/delong.ts';
import { machineText } from '../../results/hardware.ts';
import type { RunRecord } from '../../results/record.ts';
import { completedRun, environment, failedRun } from '../reports/recordings.ts';
import { runHere } from './run-here.ts';
import { root, scratch } from './run-script.ts';

const runsOf = (method: string, ratio: number, aucs: readonly number[]) =>
  aucs.map((auc, i) => completedRun({ method, ratio, seed: i + 1, auc }));
const named = (name: string, runs: readonly RunRecord[]) => ({ name, recording: { environment, runs } });
const full = runsOf('full', 1, [0.76, 0.761, 0.759]);
const a = named('results/a', [
  ...full,
  ...runsOf('robe', 16, [0.75, 0.752, 0.751]),
  ...runsOf('hashing-trick', 16, [0.74, 0.741, 0.742]),
  ...runsOf('lma', 4, [0.75, 0.751, 0.752]),
]);
const b = named('results/b', [
  ...full,
  ...runsOf('robe', 16, [0.73, 0.7321, 0.7309]),
  ...runsOf('hashing-trick', 16, [0.7401, 0.7408, 0.742]),
  failedRun({ method: 'lma', ratio: 4, seed: 1 }, 'lost\u001b[31m\nits way'),
  ...runsOf('uniform', 4, [0.75]),
]);

/** Two recordings that differ by the rows each happens to be good at, and hardly by their seeds. */
function scoredPair() {
  const labels = Uint8Array.from({ length: 400 }, (_, i) => Number(i % 4 === 0));
  const noise = random(5);
  const side = (name: string) => {
    const own = [...labels].map((label) => label + noise.normal());
    const kept = new Map<string, Float32Array>();
    const runs = [1, 2, 3].map((seed) => {
      const scores = Float32Array.from(own, (x) => x + 0.001 * noise.normal());
      const run = completedRun({ method: 'robe', ratio: 16, seed, auc: placements(scores, labels).auc });
      kept.set(run.id, scores);
      return run;
    });
    return { name, recording: { environment, runs, scores: { labels, of: (id: string) => kept.get(id) } } };
  };
  return { a: side('results/a'), b: side('results/b') };
}

test('a line for every method and ratio, with its verdict in words; then how many there are of each', () => {
  expect(changeLines(changesOfRecordings(a, b))).toEqual([
    'A: results/a',
    'B: results/b',
    'test AUC on planted, temporal split; dlrm, layers 512-256-64/512-256, dim 16, adagrad, learning rate 0.05, ' +
      'batch 2,048, batches shuffled, 1 epoch, wasm backend, 1 thread:',
    [
      '                 ratio       A       B    B − A       ±  seeds',
      '  full              1x  0.7600  0.7600   0.0000  0.0000      3  equal',
      '  hashing-trick    16x  0.7410  0.7410   0.0000  0.0005      3  equivalent',
      '  lma               4x  0.7510       –                          B has no number where A has: failed: lost\\x1b[31m its way',
      '  robe             16x  0.7510  0.7310  −0.0200  0.0004      3  worse beyond noise',
      '  uniform           4x       –  0.7500                          only in B',
    ].join('\n'),
    '  ± is paired by seed and holds for all 2 differences at once (95 %)',
    '  on these test rows; equivalent: the interval is within 0.001 of 0',
    '1 worse beyond noise, 1 without a number in B alone, 1 equivalent, 1 equal, 1 only in B',
  ]);
});

test('only the methods that are asked for', () => {
  const verdicts = (...methods: string[]) => changeLines(changesOfRecordings(a, b, methods)).at(-1);
  expect(verdicts('hash')).toBe('0 worse beyond noise, 1 equivalent');
  expect(verdicts('hash', 'robe', 'full')).toBe('1 worse beyond noise, 1 equivalent, 1 equal');
  expect(() => verdicts('robee')).toThrow('--methods robee: not recorded; there are full,');
});

test('machines get the same as an object', () => {
  const found = changeJson(changesOfRecordings(a, b, ['robe', 'lma'])) as {
    comparisons: { changes: unknown[] }[];
  };
  expect(found).toMatchObject({
    a: 'results/a',
    b: 'results/b',
    regressions: 2,
    margin: 0.001,
    strict: false,
    data: { name: 'planted' },
  });
  const [lma, robe] = found.comparisons[0].changes;
  expect(robe).toMatchObject({
    compression: 16,
    verdict: 'worse',
    regression: true,
    difference: { seeds: 3 },
    a: { method: 'robe', learningRate: 0.05 },
  });
  expect(lma).toMatchObject({ verdict: 'lost', difference: null, b: { status: 'failed', auc: null } });
});

describe('of one recording', () => {
  test('two methods are compared, the second minus the first', () => {
    const lines = changeLines(changesOfMethods(a, ['hash', 'robe']));
    expect(lines.slice(0, 2)).toEqual(['A: hashing-trick of results/a', 'B: robe of results/a']);
    expect(lines[3]).toMatch(/robe − hashing-trick +16x +0\.7410 +0\.7510 +\+0\.0100 .*better beyond noise$/);
  });

  test('no other number of methods, and no name for several', () => {
    expect(() => changesOfMethods(a, ['robe'])).toThrow('two methods are compared');
    const variants = [1, 2].flatMap((rows) => runsOf('robe', 16, [0.75]).map((run) => ({ ...run, options: { rows } }))); // prettier-ignore
    const recording = named('results/v', [...variants, ...full]);
    expect(() => changesOfMethods(recording, ['full', 'robe'])).toThrow(
      "several options; name one of 'robe (rows=1)', 'robe (rows=2)'",
    );
    expect(changesOfMethods(recording, ['full', 'robe (rows=2)']).b).toBe('robe (rows=2) of results/v');
  });
});

test('says what the noise is of, and where test rows alone leave it undecided', () => {
  const { a, b } = scoredPair();
  const lines = changeLines(changesOfRecordings(a, b)).join('\n');
  expect(lines).toMatch(
    /robe .* undecided: (worse|better) beyond the noise of seeds, within that of test rows/,
  );
  expect(lines).toContain('± is paired by seed and by 400 test rows (95 %)');
  expect(changeJson(changesOfRecordings(a, b))).toMatchObject({
    testRows: 400,
    regressions: 0,
    comparisons: [
      {
        changes: [
          { verdict: 'undecided', bySeeds: { verdict: expect.stringMatching(/worse|better/) as string } },
        ],
      },
    ],
  });
  const plain = (one: typeof a) => ({ ...one, recording: { environment, runs: one.recording.runs } });
  expect(changeLines(changesOfRecordings(plain(a), b)).join('\n')).toMatch(
    /(worse|better) beyond noise\n {2}± is paired by seed \(95 %\)/,
  );
});

test('other hardware is said: AUC is compared all the same, speeds are not', () => {
  const elsewhere = { ...environment, cpus: 64, backend: { ...environment.backend, version: '4.22.1' } };
  const found = changesOfRecordings(a, { name: 'c', recording: { ...a.recording, environment: elsewhere } });
  expect(changeLines(found)[2]).toBe(
    'other hardware (processors 8 and 64; backend version wasm 4.22.0 and wasm 4.22.1): ' +
      'test AUC is compared, which rounding alone moves there; speeds never are',
  );
  expect(changesOfRecordings(a, b).hardware).toEqual([]);
  const second = { ...environment, cpu: 'Other 1' };
  const mixed = {
    name: 'd',
    recording: {
      environment: { ...environment, machines: [second] },
      runs: a.recording.runs.map((run, i) => ({
        ...run,
        machine: machineText(i === 0 ? second : environment),
      })),
    },
  };
  const note = /^other hardware \(kinds of machines 1 and 2\): test AUC is compared/m;
  expect(changeLines(changesOfRecordings(a, mixed)).join('\n')).toMatch(note);
  expect(changesOfMethods(mixed, ['robe', 'hash']).hardware).toHaveLength(1);
});

test('a check that cannot fail is refused', () => {
  const single = named('results/s', runsOf('robe', 16, [0.7]));
  expect(() => requireVerdicts(changesOfRecordings(a, single))).toThrow('record both with --seeds 3');
  const other = named('results/o', runsOf('tensor-train', 16, [0.7, 0.7]));
  expect(() => requireVerdicts(changesOfRecordings(a, other))).toThrow('no method at a ratio has a number');
});

describe.concurrent('npm run compare', { timeout: 120_000 }, () => {
  const published = 'recordings/2026-11-23-planted';

  test('ends with 0 where nothing is worse', async () => {
    const { exitCode, stdout, stderr } = await runHere('compare', [published, published, '--json']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ a: published, regressions: 0 });
  });

  test('ends with 1 where a method got worse', async () => {
    const worse = join(scratch(), 'worse');
    cpSync(join(root, published), worse, { recursive: true });
    const runs = readFileSync(join(worse, 'runs.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as RunRecord); // prettier-ignore
    for (const run of runs)
      if (run.status === 'completed' && run.method === 'hashing-trick')
        run.quality.auc -= 0.02 + run.seed / 1e5;
    writeFileSync(join(worse, 'runs.jsonl'), runs.map((run) => `${JSON.stringify(run)}\n`).join(''));
    const { exitCode, stdout } = await runHere('compare', [published, worse]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('3 worse beyond noise, 9 equal, 1 without a number in both');
  });

  test('ends with 2 and one line where data differ', async () => {
    const { exitCode, stdout, stderr } = await runHere('compare', [published, 'recordings/2026-11-23-criteo-sample']); // prettier-ignore
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(
      /^error: .* differ in data \(planted .* and criteo .*\): they are never compared; [^\n]*$/,
    );
  });
});
