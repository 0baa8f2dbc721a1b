import { afterEach, expect, test, vi } from 'vitest';
import type { RunRecord } from '../../../results/record.ts';
import { minutesOf } from '../../../suites/cluster/submission/asked.ts';
import { bytesFor, estimateNeeds, type Need, secondsFor } from '../../../suites/cluster/plan/needs.ts';
import { readPlan } from '../../../suites/cluster/plan/plan-file.ts';
import { minutesIn } from '../../../suites/cluster/slurm/slurm-nodes.ts';
import { submitPlan } from '../../../suites/cluster/slurm/submit.ts';
import { submissionsOf } from '../../../suites/cluster/submission/submissions.ts';
import {
  groupedList,
  groupOf,
  groupsIn,
  groupSizes,
  groupsText,
} from '../../../suites/cluster/submission/task-groups.ts';
import { jobsOfTask, readList } from '../../../suites/cluster/tasks/task-list.ts';
import { hashOf, type Job } from '../../../suites/job.ts';
import { networkText } from '../../../suites/find-model.ts';
import { fakeSlurm } from './fake-slurm.ts';
import { dataset, jobs, planned, set } from './planned.ts';

afterEach(() => vi.unstubAllEnvs());

const [full, md, hash] = jobs;
const key = (job: Job) => hashOf({ ...job, id: undefined, seed: undefined, learningRate: undefined });
const need = (job: Job, of: Omit<Need, 'key' | 'method'>): Need => ({
  ...{ key: key(job), method: job.method, ...of },
});
/** 8 GB for full, 1 GB for the others. */
const needs = [
  need(full, { bytes: 8e9, seconds: 600 }),
  need(md, { bytes: 1e9, seconds: 120 }),
  need(hash, { bytes: 0.9e9, seconds: 60 }),
];
const options = { slurm: '', parallel: Infinity, bundle: 2 };
const nodes = 'other|64000|infinite\\nlong*|32000|1-00:00:00\\nlong*|16000|2:00:00';
const arrays = (calls: string) =>
  [...calls.matchAll(/^\d+: --parsable --array=(\S+) (.*)$/gm)].map(([, tasks, rest]) => [
    tasks,
    /--mem=(\S+)/.exec(rest)?.[1],
    /--time=(\S+)/.exec(rest)?.[1],
  ]);

test('a job without an estimate takes what the largest of its method does, or of all', () => {
  expect(bytesFor(full, needs)).toBe(8e9);
  expect(bytesFor({ ...md, compression: 2 }, needs)).toBe(1e9);
  expect(bytesFor({ ...md, method: 'robe' }, needs)).toBe(8e9);
  expect(bytesFor(md, [need(md, {})])).toBeUndefined();
  expect(bytesFor({ ...md, seed: 7, learningRate: 1 }, needs)).toBe(1e9);
});

test('times are those of the slowest run of the method with the same settings, at the same ratio if there is one', () => {
  const { modelOptions, compression: requested, ...of } = md;
  const ran = (seconds: number, over: object = {}) =>
    ({
      ...of,
      ...{ network: networkText(md.model, modelOptions), status: 'completed', seconds },
      ...{ dataset, compression: { requested, achieved: requested } },
      ...over,
    }) as unknown as RunRecord;
  const rows = 10 * dataset.rows.train;
  expect(secondsFor(md, needs, [], rows)).toBe(120);
  expect(secondsFor(md, [], [ran(3), ran(4, { seed: 9 }), ran(9, { compression: { requested: 2, achieved: 2 } })], rows)).toBe(40); // prettier-ignore
  expect(secondsFor({ ...md, compression: 8 }, [], [ran(3)], rows)).toBe(30);
  for (const over of [{ epochs: 2 }, { method: 'full' }, { status: 'failed' }, { reference: 'linear' }, { threads: 8 }])
    expect(secondsFor(md, [], [ran(3, over)], rows)).toBeUndefined(); // prettier-ignore
  expect(secondsFor(hash, [], [ran(3)], rows)).toBeUndefined();
});

test('runs of similar need are in one group, and unknown needs in the largest', () => {
  expect(groupSizes([500, 1000, 700, 9000, 1025])).toEqual([500, 1025, 9000]);
  expect(groupSizes([600, 500])).toEqual([600]);
  expect(groupSizes([])).toEqual([undefined]);
  const sizes = groupSizes([500, 9000]);
  expect([100, 500, 501, 10_000, undefined].map((one) => groupOf(one, sizes))).toEqual([0, 0, 1, 1, 1]);
  const groups = [{ tasks: 2, megabytes: 500 }, { tasks: 3 }];
  expect(groupsText(groups)).toBe('500:2,3');
  expect(groupsIn('500:2,3')).toEqual(groups);
});

test('a list of several groups has every job once, in a task of its group', () => {
  const groups = [
    { tasks: 2, megabytes: 1000 },
    { tasks: 4, megabytes: 9000 },
  ];
  const of = ({ method }: Job) => (method === 'full' ? 9000 : 1000);
  const list = groupedList(jobs, groups, 1, { megabytes: of, shares: () => undefined });
  const tasks = Array.from({ length: 6 }, (_, task) => jobsOfTask(list, task));
  expect(tasks.map((own) => own.map(({ method, seed }) => `${method} ${seed}`))).toEqual([
    ['mixed-dimension 1', 'mixed-dimension 2'],
    ['hashing-trick 1', 'hashing-trick 2'],
    ['full 1'],
    ['full 2'],
    ...[[], []],
  ]);
  expect(jobsOfTask(list, 6)).toEqual([]);
});

test('jobs that share a training are in one task, as far as its bundle goes', () => {
  const shares = ({ method, seed }: Job) => (method === 'full' ? undefined : `stage of seed ${seed}`);
  const tasksOf = (bundle: number, tasks: number) => {
    const list = groupedList(jobs, [{ tasks }], bundle, { megabytes: () => undefined, shares });
    return Array.from({ length: tasks }, (_, task) =>
      jobsOfTask(list, task).map(({ method, seed }) => `${method[0]}${seed}`),
    );
  };
  expect(tasksOf(2, 3)).toEqual([
    ['m1', 'h1'],
    ['m2', 'h2'],
    ['f1', 'f2'],
  ]);
  expect(tasksOf(1, 6).flat()).toEqual(['f1', 'm1', 'h1', 'f2', 'm2', 'h2']);
});

test('arrays ask for what their runs need; what a node has is the most', async () => {
  const directory = planned(needs);
  const calls = fakeSlurm({ nodes });
  await submitPlan(directory, options);
  expect(arrays(calls())).toEqual([
    ['0-0', '1500M', '29'],
    ['0-0', '10400M', '29'],
    ['0-0', '1500M', '29'],
    ['0-0', '10400M', '29'],
  ]);
  expect(calls()).toContain('--tasks 1500:1,10400:1 --bundle 2');
  expect(calls()).toMatch(/^3: --parsable --mem=2000M .*_merge\.log/m);
  const list = readList(directory, `${submissionsOf(directory)[0].name}-1`);
  expect([0, 1].map((task) => jobsOfTask(list, task).map(({ method }) => method))).toEqual([
    ['mixed-dimension', 'hashing-trick'],
    ['full'],
  ]);
});

test("what the user's options say wins; one array for all", async () => {
  const calls = fakeSlurm({ nodes });
  await submitPlan(planned(needs), { ...options, slurm: '--mem-per-cpu=3G -t 10' });
  expect(arrays(calls())).toEqual([
    ['0-1', undefined, undefined],
    ['0-1', undefined, undefined],
  ]);
  expect(calls()).not.toContain('--mem=');
  const other = fakeSlurm({ nodes });
  await submitPlan(planned([need(full, { bytes: 100e9 }), ...needs.slice(1)]), options);
  expect(arrays(other()).map(([, memory]) => memory)).toContain('32000M'); // no node has more
});

test('without needs, or where Slurm knows no memory, nothing is asked', async () => {
  const calls = fakeSlurm({ nodes: 'all*|1|infinite' });
  await submitPlan(planned(needs), options);
  expect(arrays(calls())).toEqual([
    ['0-1', undefined, '29'],
    ['0-1', undefined, '29'],
  ]);
  const old = fakeSlurm({ nodes });
  await submitPlan(planned(), options);
  expect(arrays(old())).toEqual([
    ['0-1', undefined, undefined],
    ['0-1', undefined, undefined],
  ]);
});

test("minutes are those of the slowest bundle, and no more than the partition's", () => {
  const plan = { needs, dataset };
  // 600 s and 120 s with a margin of 2, and 5 minutes.
  expect(minutesOf(jobs.slice(0, 3), 2, plan, [], { minutes: Infinity })).toBe(29);
  expect(minutesOf(jobs.slice(0, 1), 3, plan, [], { minutes: Infinity })).toBe(65);
  expect(minutesOf(jobs.slice(0, 3), 2, plan, [], { minutes: 20 })).toBe(20);
  expect(minutesOf(jobs, 2, { needs: needs.slice(1), dataset }, [], { minutes: 20 })).toBeUndefined();
  expect(['1-02:00:00', '2:30:00', '30:00', 'infinite', 'n/a'].map(minutesIn)).toEqual([
    ...[1560, 150, 30, Infinity, Infinity],
  ]);
});

test('a process estimates the memory of every plan, those of a search at its least ratio', async () => {
  const plan = readPlan(planned());
  const some = jobs.filter(({ seed }) => seed === 1);
  const log = { dataset: 'planted', request: { ...plan.log.request, options: { rows: 1000 } } };
  const target = { margin: 0.001, least: 2, most: 64, steps: 4 };
  const found = await estimateNeeds({ jobs: some, set: { ...set, target }, log, dataset }, []);
  expect(found.map(({ method }) => method)).toEqual([
    ...['full', 'mixed-dimension', 'hashing-trick', 'full', 'mixed-dimension', 'hashing-trick'],
  ]);
  for (const { bytes } of found) expect(bytes).toBeGreaterThan(100e6);
  for (const { bytes } of found) expect(bytes).toBeLessThan(1e9);
});
