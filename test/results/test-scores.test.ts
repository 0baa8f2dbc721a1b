import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore, readRecording } from '../../results/store.ts';
import { readTestScores, writeTestScores } from '../../results/test-scores.ts';
import { completedRun, environment } from '../reports/recordings.ts';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'embed-bench-scores-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const probabilities = Float32Array.of(0.1, 0.25, 1 / 3);
const labels = Uint8Array.of(0, 1, 1);
const folder = () => join(directory, 'scores');

test('scores come back bit by bit, with the labels', () => {
  writeTestScores(directory, 'a1', probabilities, labels);
  writeTestScores(
    directory,
    'a1',
    probabilities.map((p) => p / 2),
    labels,
  );
  writeTestScores(directory, 'b2', probabilities, labels);
  const scores = readTestScores(directory, 3)!;
  expect([...scores.labels]).toEqual([0, 1, 1]);
  expect(scores.of('b2')).toEqual(probabilities);
  expect(scores.of('a1')).toEqual(probabilities.map((p) => p / 2));
  expect(readdirSync(folder()).sort()).toEqual(['a1.f32', 'b2.f32', 'labels.u8']);
  expect(readFileSync(join(folder(), 'b2.f32')).readFloatLE(4)).toBe(0.25);
});

test('scores that are not of every row are none', () => {
  expect(readTestScores(directory, 3)).toBeUndefined();
  writeTestScores(directory, 'a1', probabilities, labels);
  expect(readTestScores(directory, 4)).toBeUndefined();
  truncateSync(join(folder(), 'a1.f32'), 11);
  expect(readTestScores(directory, 3)!.of('a1')).toBeUndefined();
});

test('an id is no path', () => {
  writeTestScores(directory, 'a1', probabilities, labels);
  writeFileSync(join(directory, 'x.f32'), new Uint8Array(12));
  expect(readTestScores(directory, 3)!.of('../x')).toBeUndefined();
});

test('a process that is killed while it writes leaves whole scores', async () => {
  const rows = 100_000;
  const module = new URL('../../results/test-scores.ts', import.meta.url).href;
  const program = `
    import { writeTestScores } from ${JSON.stringify(module)};
    for (let n = 1; ; n++) {
      writeTestScores(process.argv[1], 'a1', new Float32Array(${rows}).fill(n), new Uint8Array(${rows}));
      if (n === 2) console.log('writing');
    }`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, directory]);
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  const found = readTestScores(directory, rows)!.of('a1')!;
  expect(found[0]).toBeGreaterThanOrEqual(2);
  expect(found.every((score) => score === found[0])).toBe(true);
});

test('a recording has its scores, and what was torn is cleared away when it is opened', () => {
  const run = completedRun({ method: 'full', ratio: 1, seed: 1, auc: 0.76 });
  const rows = environment.data.rows.test;
  mkdirSync(folder());
  writeFileSync(join(folder(), 'b2.f32.7.tmp'), 'half');
  const store = openStore(directory);
  store.writeEnvironment(environment);
  store.append(run);
  store.close();
  expect(readdirSync(folder())).toEqual([]);
  expect(readRecording(directory)).not.toHaveProperty('scores');
  writeTestScores(directory, 'a1', new Float32Array(rows), new Uint8Array(rows));
  expect(readRecording(directory).scores!.of('a1')).toHaveLength(rows);
});
