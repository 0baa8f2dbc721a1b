import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { CompletedRun } from '../../results/record.ts';
import { readRuns } from '../../results/store.ts';
import { numbersOf } from '../../suites/cluster/records/merge.ts';
import { readPlan } from '../../suites/cluster/plan/plan-file.ts';
import { listOf, writeList } from '../../suites/cluster/tasks/task-list.ts';
import { root, runScript, scratch, tiny } from '../scripts/run-script.ts';

/** Tasks of a plan as Slurm's jobs call them, with and without a folder on the node's own disk. */

test(
  'tasks that copy the data and share stages on their node give the runs of those that do neither, bit by bit',
  { timeout: 240_000 },
  async () => {
    const folder = scratch();
    const [plan, local] = [join(folder, 'my plan'), join(folder, 'local disk')];
    mkdirSync(local);
    const settings = ['--method', 'pq', '--compression', '2', '--seeds', '1', '--rows', '1000', ...tiny];
    const cache = ['--cache', join(folder, 'cache'), '--no-references', '--threads', '1'];
    const planned = await runScript('bench', [...settings, ...cache, '--plan', plan]);
    expect(planned).toMatchObject({ exitCode: 0 });
    const { jobs, preparedIn } = readPlan(plan);
    for (const name of ['shared', 'apart']) writeList(plan, name, listOf(jobs, 5, Infinity));
    for (const name of ['full-disk', 'no-data']) writeList(plan, name, listOf(jobs.slice(0, 1), 5, Infinity));
    const work = (list: string, ...more: string[]) =>
      execa('node', ['start/verb.js', 'work', plan, '--list', list, '--task', '0', ...more], {
        ...{ cwd: root, reject: false, env: { LOCAL: local } },
      });
    const runs = (list: string) => {
      const task = join(plan, 'shards', list, '0');
      return readdirSync(task).flatMap((attempt) => readRuns(join(task, attempt))) as CompletedRun[];
    };
    const sharing = (list: string) =>
      runs(list).map(({ stages }) => stages!.some(({ shared }) => shared !== undefined));

    expect(await work('shared', '--scratch', '$LOCAL')).toMatchObject({ exitCode: 0 });
    expect(sharing('shared')).toEqual([false, true]);
    const [copy] = readdirSync(join(local, 'embed-bench/cache'));
    expect(readFileSync(join(local, 'embed-bench/cache', copy, 'manifest.json'))).toEqual(
      readFileSync(join(preparedIn!, 'manifest.json')),
    );
    expect(readdirSync(join(local, 'embed-bench/stages'))).toHaveLength(1);
    expect(await work('apart')).toMatchObject({ exitCode: 0 });
    expect(sharing('apart')).toEqual([false, false]);
    expect(runs('shared').map(numbersOf)).toEqual(runs('apart').map(numbersOf));

    // A disk that takes nothing is said, and the data are read where they are.
    const none = join(folder, 'none');
    mkdirSync(none);
    writeFileSync(join(none, 'embed-bench'), 'a file');
    const full = await work('full-disk', '--scratch', none);
    expect(full).toMatchObject({ exitCode: 0 });
    expect(full.stderr).toMatch(/^--scratch: the data are read where they are \(.*\)$/m);
    expect(runs('full-disk').map(numbersOf)).toEqual(runs('apart').slice(0, 1).map(numbersOf));

    // A node that does not see the data prepares none.
    renameSync(preparedIn!, `${preparedIn}-away`);
    const blind = await work('no-data');
    expect(blind).toMatchObject({ exitCode: 2 });
    expect(blind.stderr).toMatch(/^error: .*: this node does not see the prepared data; put --cache on .*$/m);
    expect(existsSync(preparedIn!)).toBe(false);
    const unset = await work('no-data', '--scratch', '${NOT_THERE}/x');
    expect(unset).toMatchObject({ exitCode: 2 });
  },
);
