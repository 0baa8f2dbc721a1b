import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecording } from '../../results/store.ts';
import { runScript, scratch, tiny } from '../scripts/run-script.ts';

const asked = ['--method', 'md', '--compression', '4', '--seeds', '2', '--rows', '1000', '--threads', '1'];

test(
  'runs that do not fit the memory are results, and the same command with more memory trains them',
  { timeout: 240_000 },
  async () => {
    const folder = scratch();
    const out = join(folder, 'out');
    const bench = async (...more: string[]) => {
      const own = ['--no-references', '--cache', join(folder, 'cache'), '--out', out, ...more];
      const { exitCode, stderr } = await runScript('bench', [...asked, ...tiny, ...own]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      return stderr;
    };
    const endings = () => readRecording(out).runs.map(({ method, seed, status }) => [method, seed, status]);

    const lines = await bench('--memory', '0.02', '--jobs', '2');
    expect(lines).toMatch(
      /full 1x seed 1: too large: training would take 0\.\d+ GB of memory \(.* for tables, network and optimizer state\), the run may take 0\.01 GB/,
    );
    // No other seed is tried.
    const first = ['full', 'mixed-dimension'].map((method) => [method, 1, 'too large']);
    expect(endings()).toEqual(expect.arrayContaining(first));
    expect(endings()).toHaveLength(2);
    for (const run of readRecording(out).runs)
      expect(run.status === 'too large' && run.neededBytes > run.limitBytes && run.limitBytes === 1e7).toBe(
        true,
      );

    expect(await bench('--memory', '0.01')).toContain('2 runs are recorded already');
    await bench();
    expect(endings().map(([, , status]) => status)).toEqual(Array(4).fill('completed'));
  },
);
