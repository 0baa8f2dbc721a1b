import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRuns } from '../../results/store.ts';
import { numbersOf } from '../../suites/cluster/records/merge.ts';
import { until } from '../processes.ts';
import { root, tiny } from '../scripts/run-script.ts';
import { type Cluster, noSlurm, startCluster } from '../slurm-here.ts';

/** A plan on a real Slurm: what is cancelled, requeued and killed is made up for, and the recording is that of one machine. */

const reason = noSlurm();
const title = `a comparison on Slurm${reason === undefined ? '' : ` (skipped: ${reason})`}`;

describe.skipIf(reason !== undefined)(title, () => {
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-'));
  const [plan, direct] = [join(folder, 'plan'), join(folder, 'direct')];
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(4);
  }, 60_000);
  afterAll(() => {
    cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const verb = (name: string, ...args: string[]) =>
    execa('node', ['start/verb.js', name, ...args], { cwd: root, reject: false, env: cluster.env });
  const slurm = (program: string, ...args: string[]) =>
    execFileSync(program, args, { env: cluster.env, encoding: 'utf8' }).trim();
  const settings = [
    ...['--method', 'md,hash', '--compression', '4', '--seeds', '3', '--rows', '600', '--no-references'],
    ...['--threads', '1', '--cache', join(folder, 'cache'), ...tiny],
  ];
  const queue = (...args: string[]) =>
    slurm('squeue', '-h', '-r', ...args)
      .split('\n')
      .filter(Boolean);
  const empty = () => until(() => queue().length === 0, 120_000);
  /**
   * Shortens the two minutes that Slurm holds a requeued task. Not to nothing: credentials count in seconds, and a node refuses those of the
   * second in which it revoked the task's earlier ones; Slurm then ends the task as failed.
   */
  const startsSoon = async (task: string) => {
    await until(() => queue('-o', '%i %T').includes(`${task} PENDING`), 30_000);
    slurm('scontrol', 'update', `jobid=${task}`, 'StartTime=now+2');
  };
  const arraysIn = (stdout: string) => /^arrays: (.*)$/m.exec(stdout)![1].split(' ');
  const state = async () => {
    const { stdout } = await verb('status', plan, '--json');
    return JSON.parse(stdout) as {
      results: Record<string, number>;
      missing: { title: string }[];
      later: number;
    };
  };
  /** The attempts of a task that have begun to write. */
  const attempts = (list: RegExp, task: number) =>
    readdirSync(join(plan, 'shards'))
      .filter((name) => list.test(name))
      .flatMap((name) => {
        const own = join(plan, 'shards', name, String(task));
        return existsSync(own) ? readdirSync(own).map((attempt) => join(own, attempt)) : [];
      });

  test(
    'a plan trains nothing; a controller that is down is one line, and nothing is submitted',
    { timeout: 120_000 },
    async () => {
      const planned = await verb('bench', ...settings, '--plan', plan);
      expect(planned).toMatchObject({ exitCode: 0 });
      expect(planned.stdout).toContain('runs: 3 can run now, about 6 after them');
      expect(planned.stdout).toMatch(/^memory: up to \d+ MB each$/m);
      expect(
        existsSync(join(plan, 'runs.jsonl')) && readFileSync(join(plan, 'runs.jsonl'), 'utf8'),
      ).toBeFalsy();
      cluster.stopController();
      const impatient = { cwd: root, reject: false, env: cluster.impatientEnv };
      const [refused, known] = await Promise.all([
        execa('node', ['start/verb.js', 'submit', plan], impatient),
        execa('node', ['start/verb.js', 'status', plan, '--json'], impatient),
      ]);
      expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
      expect(refused.stderr).toMatch(
        /^error: squeue: Slurm's controller does not answer \(.*\); repeat the command when it does$/,
      );
      const { missing, queue } = JSON.parse(known.stdout) as { missing: unknown[]; queue: string };
      expect(missing).toHaveLength(3); // known without Slurm
      expect(queue).toContain('does not answer');
      cluster.startController();
      await until(() => slurm('sinfo', '-h', '-N', '-o', '%T') === 'idle\nidle', 15_000);
    },
  );

  test(
    'array with a limit, split at MaxArraySize; requeue, cancelled task, killed run',
    { timeout: 300_000 },
    async () => {
      const submitted = await verb('submit', plan, '--bundle', '1', '--parallel', '1');
      expect(submitted).toMatchObject({ exitCode: 0 });
      const arrays = arraysIn(submitted.stdout);
      expect(arrays).toHaveLength(3); // 3 runs; then 6, of which an array takes 4
      // Memory is asked for, and the nodes' is shared out.
      expect(slurm('squeue', '-h', '-r', '-o', '%m', '-j', arrays[0]).split('\n')).toEqual(
        Array(3).fill(expect.stringMatching(/^[3-9]00M$/)),
      );
      const held = () => queue('-o', '%r', '-j', arrays[0]).filter((why) => why === 'JobArrayTaskLimit');
      await until(() => held().length === 2, 20_000);
      const again = await verb('submit', plan);
      expect(again.stdout).toContain('nothing submitted: jobs of this plan are in the queue');

      // A task goes back into the queue in the middle of a run.
      await until(() => existsSync(join(plan, 'shards')) && attempts(/-1$/, 0).length === 1, 30_000);
      slurm('scontrol', 'requeue', `${arrays[0]}_0`);
      slurm('scancel', `${arrays[0]}_2`);
      await startsSoon(`${arrays[0]}_0`);

      // A task of the second round dies with its machine, as far as anybody can tell.
      const lock = () => attempts(/-2$/, 1).map((attempt) => join(attempt, 'lock'))[0];
      await until(() => existsSync(lock() ?? ''), 120_000);
      process.kill((JSON.parse(readFileSync(lock(), 'utf8')) as { pid: number }).pid, 'SIGKILL');
      await empty();
      expect(attempts(/-1$/, 0)).toHaveLength(2);
      const { results, missing } = await state();
      // The cancelled run holds up its own group alone: it is made in the next round, its seeds are missing.
      expect(results).toEqual({ completed: 6 });
      expect(missing.map(({ title }) => title.replace(/ rate .*/, ''))).toEqual([
        ...['full 1x seed 2', 'hashing-trick 4x seed 2', 'hashing-trick 4x seed 3'],
      ]);
    },
  );

  test(
    'resubmit makes what is missing; the same plan again repeats nothing; merged is direct',
    { timeout: 300_000 },
    async () => {
      const submitted = await verb('resubmit', plan, '--bundle', '3');
      expect(submitted.stdout).toContain('submitted: 3 runs that can run now');
      const [array] = arraysIn(submitted.stdout);
      // The time limit is near: the task stops after a run, and puts itself back into the queue.
      const written = () =>
        attempts(/^2-/, 0).map((attempt) => join(attempt, 'runs.jsonl')).filter(existsSync).map((file) => readFileSync(file, 'utf8')).join(''); // prettier-ignore
      await until(() => existsSync(join(plan, 'shards')) && written().includes('\n'), 60_000);
      slurm('scancel', '--batch', '--signal=USR2', `${array}_0`);
      await startsSoon(`${array}_0`);
      const machineOfOne = verb('bench', ...settings, '--out', direct, '--stage-cache', '0');
      await empty();
      expect(await machineOfOne).toMatchObject({ exitCode: 0 });
      expect((await state()).missing).toEqual([]);
      expect(attempts(/^2-/, 0)).toHaveLength(2);
      expect(readFileSync(join(plan, 'slurm', `${array}_0.log`), 'utf8')).toContain(
        'the task is in the queue again',
      );
      for (const name of ['submit', 'resubmit'])
        expect((await verb(name, plan)).stdout).toBe('nothing to submit: all 9 runs are recorded');
      const before = readFileSync(join(plan, 'runs.jsonl'), 'utf8');
      expect((await verb('merge', plan)).stdout).toContain('merged: 0 runs added, 9 runs in all');
      expect(readFileSync(join(plan, 'runs.jsonl'), 'utf8')).toBe(before);

      const [merged, alone] = [plan, direct].map(
        (one) => new Map(readRuns(one).map((run) => [run.id, numbersOf(run)])),
      );
      expect(merged).toEqual(alone);
      for (const id of merged.keys())
        expect(readFileSync(join(plan, 'scores', `${id}.f32`))).toEqual(
          readFileSync(join(direct, 'scores', `${id}.f32`)),
        );
      expect(existsSync(join(plan, 'report.html'))).toBe(true);
      expect(existsSync(join(plan, 'row-noise.jsonl'))).toBe(true);
    },
  );
});
