import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { RunRecord } from '../../../results/record.ts';
import { readRecording, readRuns } from '../../../results/store.ts';
import { mergeShards } from '../../../suites/cluster/records/merge.ts';
import { readPlan } from '../../../suites/cluster/plan/plan-file.ts';
import { expanded } from '../../../suites/cluster/tasks/scratch.ts';
import { statusOf } from '../../../suites/cluster/records/status.ts';
import { shardOf } from '../../../suites/cluster/tasks/shards.ts';
import { jobsOfTask, listOf } from '../../../suites/cluster/tasks/task-list.ts';
import { largestRound, roundsOf, waitingJobs } from '../../../suites/cluster/plan/waiting-jobs.ts';
import { expand } from '../../../suites/job.ts';
import type { Ending } from '../../../suites/running/run-job.ts';
import { completedRun } from '../../reports/recordings.ts';
import { dataset, failed, infeasible, jobs, listed, planned, set, work } from './planned.ts';

afterEach(() => vi.unstubAllEnvs());

const first = jobs.filter(({ seed }) => seed === 1);
const merge = (directory: string) =>
  mergeShards(directory, ({ added, records, machines }) => ({ added, records, machines }));
const asTask = (array: string, restarts = '0') => {
  vi.stubEnv('SLURM_ARRAY_JOB_ID', array);
  vi.stubEnv('SLURM_ARRAY_TASK_ID', '0');
  vi.stubEnv('SLURM_RESTART_COUNT', restarts);
};

test('every job of a list is in one task, and tasks beyond the last have none', () => {
  for (const [bundle, most] of [
    [1, 100],
    [4, 100],
    [2, 2],
    [100, 3],
  ]) {
    // prettier-ignore
    const list = listOf(jobs, bundle, most);
    const tasks = Array.from({ length: list.tasks }, (_, task) => jobsOfTask(list, task));
    expect(list.tasks).toBeLessThanOrEqual(most);
    expect(tasks.every((own) => own.length > 0)).toBe(true);
    expect(new Set(tasks.flat())).toEqual(new Set(jobs));
    expect(tasks.flat()).toHaveLength(jobs.length);
    expect(jobsOfTask(list, list.tasks)).toEqual([]);
  }
});

test('jobs wait until earlier rounds of their own group have results', () => {
  const plan = { jobs, set, dataset };
  const record = (job: (typeof jobs)[number], status: string) => ({ ...job, status }) as unknown as RunRecord;
  expect(waitingJobs(plan, new Map(), true)).toEqual({ jobs: first, later: 3 });
  const [full, md, hash] = first;
  const records = new Map([
    [full.id, record(full, 'completed')],
    [md.id, record(md, 'failed')],
    [hash.id, record(hash, 'infeasible')],
  ]);
  const seedOf = (again: boolean) =>
    waitingJobs(plan, records, again).jobs.map(({ method, seed }) => `${method} ${seed}`);
  expect(seedOf(true)).toEqual(['mixed-dimension 1', 'full 2']);
  expect(seedOf(false)).toEqual(['full 2', 'mixed-dimension 2']);
});

test('the bounds of rounds and of their sizes', () => {
  const several = { ...set, learningRates: [0.01, 0.02, 0.03, 0.04] };
  const grid = { jobs: expand(several, 'f'), set: several, dataset };
  expect([roundsOf({ jobs, set, dataset }), largestRound({ jobs })]).toEqual([2, 3]);
  expect([roundsOf(grid), largestRound(grid)]).toEqual([5, 9]);
  const target = { margin: 0.001, least: 2, most: 64, steps: 4 };
  expect(roundsOf({ jobs, set: { ...set, target }, dataset })).toBe(8);
});

test('the next attempt of a task makes what earlier ones did not; its lock is its own', async () => {
  const directory = planned();
  listed(directory, 'a-1', first);
  asTask('7');
  const dies = async () => work(directory, 'a-1', 0, (job) => {
    if (job.method === 'full') return infeasible;
    throw new Error('the node died');
  }); // prettier-ignore
  await expect(dies()).rejects.toThrow('the node died');
  asTask('7', '1');
  expect(await work(directory, 'a-1', 0, () => infeasible)).toEqual(['mixed-dimension', 'hashing-trick']);
  expect(readdirSync(join(directory, 'shards/a-1/0'))).toEqual(['7_0-0', '7_0-1']);
  expect(await work(directory, 'a-1', 5, () => infeasible)).toEqual([]);
  expect((await merge(directory)).added).toBe(3);
});

test('a task with fewer processors than threads, without a list, or with other code does nothing', async () => {
  const directory = planned();
  listed(directory, 'a-1', first);
  vi.stubEnv('SLURM_CPUS_PER_TASK', '0');
  await expect(work(directory, 'a-1', 0, () => infeasible)).rejects.toThrow(/has 0 processors.* 1 threads/);
  vi.unstubAllEnvs();
  await expect(work(directory, 'b-1', 0, () => infeasible)).rejects.toThrow(/no such list.*npm run resubmit/);
  expect(() => readPlan(join(directory, '..'))).toThrow(
    /plan\.json: there is no plan; npm run bench -- \.\.\. --plan/,
  );
});

test('merging is idempotent, in the order of lists, and knows torn lines', async () => {
  const directory = planned();
  listed(directory, 'a-1', first, 3);
  for (const task of [2, 1, 0]) await work(directory, 'a-1', task, () => infeasible);
  const [shard] = readdirSync(join(directory, 'shards/a-1/1'));
  appendFileSync(join(shardOf(directory, 'a-1', 1, shard), 'runs.jsonl'), '{"id":"torn');
  expect(await merge(directory)).toMatchObject({ added: 3 });
  const before = readFileSync(join(directory, 'runs.jsonl'), 'utf8');
  expect(readRuns(directory).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  expect(await merge(directory)).toMatchObject({ added: 0 });
  expect(readFileSync(join(directory, 'runs.jsonl'), 'utf8')).toBe(before);
});

test('a line in the middle that is no record is named', async () => {
  const directory = planned();
  listed(directory, 'a-1', first);
  await work(directory, 'a-1', 0, () => infeasible);
  const [shard] = readdirSync(join(directory, 'shards/a-1/0'));
  appendFileSync(join(shardOf(directory, 'a-1', 0, shard), 'runs.jsonl'), '{"id":"no"}\n');
  await expect(merge(directory)).rejects.toThrow(/shards\/a-1\/0\/.*runs\.jsonl:4: not a run record/);
});

test('the same run twice is one; with other numbers an error that names both; a failed one gives way', async () => {
  const directory = planned();
  for (const name of ['a-1', 'b-1', 'c-1', 'd-1']) listed(directory, name, first.slice(0, 1));
  await work(directory, 'a-1', 0, () => failed);
  expect((await merge(directory)).records.get(first[0].id)!.status).toBe('failed');
  await work(directory, 'b-1', 0, () => infeasible);
  await work(directory, 'c-1', 0, () => infeasible);
  const { added, records } = await merge(directory);
  expect([added, records.get(first[0].id)!.status]).toEqual([1, 'infeasible']);
  expect(await merge(directory)).toMatchObject({ added: 0 });
  await work(directory, 'd-1', 0, () => ({ ...infeasible, smallestBytes: 10 }) as never);
  await expect(merge(directory)).rejects.toThrow(
    /has other numbers in .*d-1.*runs\.jsonl than in .*c-1.*runs\.jsonl/,
  );
});

/** Carries out work as if on another kind of machine. */
async function elsewhere<T>(work: () => Promise<T>): Promise<T> {
  const real = Object.getOwnPropertyDescriptor(process, 'arch')!;
  Object.defineProperty(process, 'arch', { ...real, value: 'other' });
  return work().finally(() => Object.defineProperty(process, 'arch', real));
}
const trained = (auc: number): Ending => {
  const { quality, size, speed, memory } = completedRun({ method: 'full', ratio: 1, seed: 1, auc });
  const outcome = { quality: { ...quality, byFrequency: [] }, size, speed, memory, curve: [], stages: [] };
  return { type: 'completed', outcome, choices: {} } as unknown as Ending;
};

test('runs of several kinds of machines stand together, and each kind makes the check run once', async () => {
  const directory = planned();
  listed(directory, 'a-1', first, 3);
  expect(await work(directory, 'a-1', 0, () => trained(0.76))).toEqual(['full']);
  // The same kind of machine as made it: no check.
  expect(await work(directory, 'a-1', 1, () => infeasible)).toEqual(['mixed-dimension']);
  const other = (task: number, auc: number) =>
    elsewhere(() =>
      work(directory, 'a-1', task, (job) => (job.method === 'full' ? trained(auc) : infeasible)),
    );
  expect(await other(2, 0.7601)).toEqual(['hashing-trick', 'full']);
  expect(await other(1, 0.7601)).toEqual([]); // of another attempt; the check is made
  const { added, records, machines } = await merge(directory);
  expect([added, records.size, machines]).toEqual([3, 3, 2]);
  const { environment, checks } = readRecording(directory);
  expect(environment.machines).toMatchObject([{ platform: 'linux other' }]);
  expect(checks).toMatchObject([{ run: first[0].id, quality: { auc: 0.7601 } }]);
  expect(checks![0].machine).toMatch(/linux other/);
  expect((await merge(directory)).added).toBe(0);
  expect(readRecording(directory).checks).toHaveLength(1);
  expect((await statusOf(directory)).results.get('completed')).toBe(1);
  // The merged record tells who made it when the next list is carried out.
  listed(
    directory,
    'b-1',
    jobs.filter(({ seed }) => seed === 2),
    3,
  );
  expect(await work(directory, 'b-1', 1, () => infeasible)).toEqual(['mixed-dimension']);
  expect(await elsewhere(() => work(directory, 'b-1', 2, () => infeasible))).toEqual(['hashing-trick']);
});

test('a check is claimed by one task, and goes on in it after a kill', async () => {
  const directory = planned();
  listed(directory, 'a-1', first, 3);
  await work(directory, 'a-1', 0, () => trained(0.76));
  const dies = () =>
    elsewhere(() =>
      work(directory, 'a-1', 1, (job) => {
        if (job.method === 'full') throw new Error('the node died');
        return infeasible;
      }),
    );
  await expect(dies()).rejects.toThrow('the node died');
  expect(await elsewhere(() => work(directory, 'a-1', 2, () => infeasible))).toEqual(['hashing-trick']);
  expect(await elsewhere(() => work(directory, 'a-1', 1, () => trained(0.77)))).toEqual(['full']);
  expect((await merge(directory)).machines).toBe(2);
  expect(readRecording(directory).checks).toHaveLength(1);
});

test('on one kind of machine other numbers are an error, of a check too', async () => {
  const directory = planned();
  listed(directory, 'a-1', first, 3);
  listed(directory, 'b-1', first, 3);
  await work(directory, 'a-1', 0, () => trained(0.76));
  await elsewhere(() => work(directory, 'b-1', 0, () => trained(0.761)));
  await merge(directory);
  expect(readRecording(directory).checks).toHaveLength(1);
  listed(directory, 'c-1', first, 3);
  await elsewhere(() => work(directory, 'c-1', 0, () => trained(0.762)));
  await expect(merge(directory)).rejects.toThrow(/has other numbers in .*c-1.* than in .*b-1/);
});

test('a run whose task was killed for its memory is missing, and status says why', async () => {
  const directory = planned();
  const killed = async () => (await statusOf(directory)).missing.filter((one) => one.killed).map(({ title }) => title); // prettier-ignore
  mkdirSync(join(directory, 'slurm'));
  vi.stubEnv('PATH', '/nonexistent');
  for (const [i, line] of [
    'slurmstepd-n1: error: Detected 1 oom-kill event(s) in StepId=7.batch. Some of your processes may have been killed by the cgroup out-of-memory handler.',
    'slurmstepd: error: Detected 1 oom_kill event in StepId=7.batch. Some of the step tasks have been OOM Killed.',
    'slurmstepd: error: StepId=7.batch exceeded memory limit (2150400 > 2048000), being killed',
  ].entries()) {
    listed(directory, `${i}-1`, first);
    asTask(`${7 + i}`);
    const dies = work(directory, `${i}-1`, 0, (job) => {
      if (job.method === 'full') return infeasible;
      throw new Error('the node died');
    });
    await expect(dies).rejects.toThrow('the node died');
    expect(await killed()).toEqual([]);
    const log = join(directory, 'slurm', `${7 + i}_0.log`);
    writeFileSync(log, 'run 2 of 3: mixed-dimension\nout of memory is a word of users\n');
    expect(await killed()).toEqual([]);
    appendFileSync(log, `${line}\n`);
    expect(await killed()).toEqual(['mixed-dimension 4x seed 1 rate 0.01']);
  }
});

test("a folder on the node's disk may name variables of the node, which have to be set", () => {
  vi.stubEnv('TMPDIR', '/local/7');
  vi.stubEnv('SLURM_JOB_ID', '');
  expect(expanded('$TMPDIR/a')).toBe('/local/7/a');
  expect(expanded('${TMPDIR}a $ b')).toBe('/local/7a $ b');
  expect(() => expanded('/x/$SLURM_JOB_ID')).toThrow(
    /^--scratch \/x\/\$SLURM_JOB_ID: SLURM_JOB_ID is not set on this node/,
  );
});

test('checkpoints of all attempts are in one folder, and go once their run is recorded', async () => {
  const directory = planned(undefined, 60_000);
  listed(directory, 'a-1', first);
  const folder = join(directory, 'checkpoints');
  const [full, ...others] = first.map(({ id }) => join(folder, `${id}.0.step`));
  const seen: unknown[] = [];
  const attempt = (full: Ending) =>
    work(directory, 'a-1', 0, (job, { checkpoints }) => {
      seen.push(checkpoints);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${job.id}.0.step`), '');
      writeFileSync(join(folder, `${job.id}.1.step.0f.tmp`), '');
      return job.method === 'full' ? full : infeasible;
    });
  await attempt(failed); // the next attempt tries it again
  expect(readdirSync(folder)).toHaveLength(2);
  expect(others.some((file) => existsSync(file))).toBe(false);
  expect(existsSync(full)).toBe(true);
  await attempt(infeasible);
  expect(readdirSync(folder)).toEqual([]);
  expect(seen).toEqual(Array(seen.length).fill({ folder, everyMs: 60_000 }));
});
