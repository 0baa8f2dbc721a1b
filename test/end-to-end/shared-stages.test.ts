import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { secondsSaved, sharedTrainings } from '../../analysis/summary/shared-trainings.ts';
import { readRecording } from '../../results/store.ts';
import { comparableRecords } from '../campaign/sweep.ts';
import { runScript, scratch, tiny } from '../scripts/run-script.ts';

const asked = ['--method', 'pq', '--compression', '2', '--seeds', '1', '--rows', '1000'];

test(
  'runs that begin alike share that training, and their records are those of runs that do not',
  { timeout: 240_000 },
  async () => {
    const folder = scratch();
    const cache = join(folder, 'cache');
    const bench = async (name: string, ...more: string[]) => {
      const args = [...asked, ...tiny, '--no-references', '--jobs', '2', '--cache', cache, ...more];
      const { exitCode, stdout, stderr } = await runScript('bench', [
        ...args,
        '--out',
        join(folder, name, 'out'),
      ]);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      return { stdout, stderr };
    };
    const apart = await bench('apart', '--stage-cache', '0');
    expect(apart.stdout).not.toContain('shared:');
    expect(readdirSync(cache)).not.toContain('stages');

    const { stdout, stderr } = await bench('shared');
    expect(stdout).toMatch(
      /\nshared: 1 run began with 1 training of others, bit by bit: .* of training saved\nresults: /,
    );
    expect(stderr).toMatch(/x seed 1: test AUC .* s of training shared/);
    expect(readdirSync(join(cache, 'stages'))).toHaveLength(1);
    expect(comparableRecords(join(folder, 'shared'))).toEqual(comparableRecords(join(folder, 'apart')));

    const trainings = sharedTrainings(readRecording(join(folder, 'shared', 'out')).runs);
    expect(trainings.map(({ sharers }) => sharers.length)).toEqual([1]);
    expect(secondsSaved(trainings)).toBeCloseTo(trainings[0].seconds, 9);

    // Another recording takes it all from the cache; a forced one trains it again.
    expect((await bench('again')).stdout).toContain('shared: 2 runs began with 1 training');
    expect((await bench('again', '--force')).stdout).toContain('shared: 1 run began with 1 training');
    const report = await runScript('report', [join(folder, 'shared', 'out'), '--json']);
    expect(JSON.parse(report.stdout)).toMatchObject({
      shared: { trainings: [{ trainedBy: { seed: 1 }, sharedBy: [{ seed: 1 }] }] },
    });
  },
);
