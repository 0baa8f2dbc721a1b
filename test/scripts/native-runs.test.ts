import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Outcome } from '../../harness/run.ts';
import { describeNative } from '../backends/native/describe-native.ts';
import { runScript, scratch, tiny } from './run-script.ts';

const timeout = 120_000;

/** Records of a small comparison on the native backend, of `full` unless the arguments name a method. */
async function records(...args: string[]) {
  const folder = scratch();
  const method = args.includes('--method') ? [] : ['--method', 'full'];
  const small = [
    ...method,
    '--rows',
    '300',
    '--seeds',
    '1',
    ...tiny,
    '--backend',
    'native',
    '--no-references',
  ];
  const places = ['--out', join(folder, 'out'), '--cache', join(folder, 'cache')];
  const { stderr, exitCode } = await runScript('bench', [...small, ...places, ...args]);
  const lines = readFileSync(join(folder, 'out', 'runs.jsonl'), 'utf8')
    .trim()
    .split('\n');
  const runs = lines.map((line) => JSON.parse(line) as { status: string; threads: number; error?: string });
  return { exitCode, stderr, runs };
}

describeNative('a run on the native backend', () => {
  test('has the threads that --threads says', { timeout }, async () => {
    const { runs } = await records('--threads', '3');
    expect(runs).toMatchObject([{ status: 'completed', threads: 3 }]);
  });

  test('shares the processors with the other --jobs, and has one at least', { timeout }, async () => {
    const jobs = availableParallelism() + 1;
    const { runs } = await records('--jobs', String(jobs));
    expect(runs).toMatchObject([{ status: 'completed', threads: 1 }]);
  });

  test('may keep activations in codes: other runs, with as many bytes less', { timeout }, async () => {
    const { exitCode, stderr, runs } = await records(
      '--method',
      'md',
      '--no-baseline',
      '--activations',
      '32,4',
      '--compression',
      '4',
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain('seed 1, activations of 4 bits');
    const [exact, packed] = runs as unknown as { id: string; memory: Outcome['memory'] }[];
    expect(runs).toMatchObject([
      { method: 'mixed-dimension' },
      { method: 'mixed-dimension', activations: 4 },
    ]);
    expect(exact).not.toHaveProperty('activations');
    expect(packed.id).not.toBe(exact.id);
    const [whole, held] = [exact, packed].map(({ memory }) => memory.training.measured);
    expect(held.otherBytes).toBe(whole.otherBytes);
    expect(held.layerBytes / whole.layerBytes).toBeGreaterThan(4 / 32);
    expect(held.layerBytes / whole.layerBytes).toBeLessThan(6 / 32); // codes of a row fill whole words
  });

  test('whose table finds no memory are not begun, and say so in one clear line', { timeout }, async () => {
    const { exitCode, runs } = await records('--dim', '100000000');
    expect(exitCode).toBe(0);
    expect(runs[0].error).toMatch(/^training would take [\d.]+ GB for tables alone, the run may take/);
  });
});
