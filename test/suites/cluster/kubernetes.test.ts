import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { sealedLine } from '../../../results/sealed-line.ts';
import { taskCode } from '../../../suites/cluster/tasks/exit-codes.ts';
import { indexedJob, maxTasks } from '../../../suites/cluster/kubernetes/indexed-job.ts';
import {
  type KubernetesOptions,
  requireUsable,
} from '../../../suites/cluster/kubernetes/kubernetes-options.ts';
import { readPlan } from '../../../suites/cluster/plan/plan-file.ts';
import { statusOf } from '../../../suites/cluster/records/status.ts';
import { submissionsOf } from '../../../suites/cluster/submission/submissions.ts';
import { type Asked, submitAsFile } from '../../../suites/cluster/kubernetes/submit-as-file.ts';
import { readList } from '../../../suites/cluster/tasks/task-list.ts';
import { problemsOf } from '../../kubernetes-api.ts';
import { failed, infeasible, planned, work } from './planned.ts';

afterEach(() => vi.unstubAllEnvs());

/** A plan whose prepared data are in the folder above it, which is the volume. */
function onVolume(change: (plan: Record<string, unknown>) => object = () => ({})) {
  const directory = planned();
  const mount = dirname(directory);
  const plan = readPlan(directory);
  const request = { ...plan.log.request, cache: join(mount, 'cache') };
  const moved = { ...plan, log: { ...plan.log, request } };
  writeFileSync(join(directory, 'plan.json'), `${sealedLine({ ...moved, ...change({ ...moved }) })}\n`);
  const kubernetes: KubernetesOptions = { image: 'registry.example/embed-bench:1.0', claim: 'shared', mount };
  const submit = (asked: Partial<Asked> = {}) =>
    submitAsFile(directory, { kubernetes, parallel: Infinity, bundle: 2, again: false, ...asked });
  return { directory, mount, kubernetes, submit };
}

type Manifest = { kind: string; items: ReturnType<typeof indexedJob>[] };
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Manifest;
const written = async (done: ReturnType<ReturnType<typeof onVolume>['submit']>) => {
  const outcome = await done;
  if (outcome.type !== 'written') throw new Error(outcome.type);
  return { ...outcome, ...read(outcome.file) };
};

test('an Indexed Job that the API takes, whose pods carry out the tasks of a list', async () => {
  const { directory, mount, submit } = onVolume();
  const { items, jobs, tasks, runs, later } = await written(submit({ parallel: 5 }));
  expect([jobs, tasks, runs, later]).toEqual([1, 2, 3, 3]);
  const [job] = items;
  expect(problemsOf('batch/v1:Job', job)).toEqual([]);
  expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 2, parallelism: 2 });
  const [container] = job.spec.template.spec.containers;
  const [name] = submissionsOf(directory).map((one) => `${one.name}-1`);
  expect([...container.command, ...container.args].slice(2)).toEqual([
    ...['work', directory, '--list', name, '--first', '0'],
  ]);
  expect(container.volumeMounts).toEqual([{ name: 'shared', mountPath: mount }]);
  expect(container.resources.requests).toEqual(container.resources.limits);
  const local = (await written(submit({ again: true, scratch: '/scratch' }))).items[0];
  expect(problemsOf('batch/v1:Job', local)).toEqual([]);
  expect(local.spec.template.spec.volumes.map(({ name }) => name)).toEqual(['shared', 'scratch']);
  expect(local.spec.template.spec.containers[0].args.slice(2)).toEqual(['--scratch', '/scratch']);
  // The preempted do not count; a task whose runs failed is not repeated.
  expect(job.spec.podFailurePolicy.rules).toMatchObject([
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    { action: 'FailIndex', onExitCodes: { values: [taskCode.mistake, taskCode.runsFailed] } },
  ]);
});

test('the schema refuses what the API does not have, and what it lacks', async () => {
  const { submit } = onVolume();
  const [job] = (await written(submit())).items;
  const spec = (change: object) => ({ ...job, spec: { ...job.spec, ...change } });
  expect(problemsOf('batch/v1:Job', spec({ completion: 3 })).join()).toMatch(
    /"completion"' does not exist in type 'JobSpec'/,
  );
  expect(problemsOf('batch/v1:Job', spec({ completions: '3' })).join()).toMatch(
    /not assignable to type 'number'/,
  );
  expect(problemsOf('batch/v1:Job', spec({ template: undefined })).join()).not.toBe('');
  expect(problemsOf('batch/v1:Job', { ...job, kind: 'Jobs' }).join()).toMatch(/"Job"/);
}, 30_000);

test('the same call writes nothing new while runs have no record; then it goes on with the next round', async () => {
  const { directory, submit } = onVolume();
  const first = await written(submit());
  expect(await submit()).toEqual({ type: 'open', file: first.file, runs: 3 });
  expect((await statusOf(directory)).queue).toMatch(/kubectl get jobs -l .*embed-bench\/plan=[0-9a-f]{8}$/);
  const list = `${submissionsOf(directory)[0].name}-1`;
  await work(directory, list, 0, (job) => (job.method === 'full' ? failed : infeasible));
  expect(await submit()).toMatchObject({ type: 'open', runs: 1 });
  await work(directory, list, 1, () => infeasible);
  // Its pods ended. A method that failed with its first seed is asked for its others, and not for that again.
  const next = await written(submit());
  const jobs = readList(directory, `${submissionsOf(directory)[1].name}-1`).jobs;
  expect(jobs.map(({ method, seed }) => `${method} ${seed}`)).toEqual(['full 2']);
  expect(next.items[0].metadata.name).not.toBe(first.items[0].metadata.name);
  await work(directory, `${submissionsOf(directory)[1].name}-1`, 0, () => infeasible);
  expect(await submit()).toEqual({ type: 'complete', runs: 4, failed: 1 });
  expect(await written(submit({ again: true }))).toMatchObject({ runs: 1 });
});

test('pods that ended without a record are made up for when asked', async () => {
  const { submit } = onVolume();
  await written(submit());
  expect(await written(submit({ again: true }))).toMatchObject({ runs: 3 });
});

test('runs of another need are Jobs of their own, which share the limit; fewer at a time are one Job', async () => {
  const { directory, submit } = onVolume((plan) => ({
    needs: (plan.jobs as { method: string }[]).map(({ method }, i) => ({
      ...{ key: String(i), method, bytes: method === 'full' ? 40e9 : 1e9 },
    })),
  }));
  const memory = ({ items }: Manifest) =>
    items.map(({ spec }) => [spec.parallelism, spec.template.spec.containers[0].resources.requests.memory]);
  const both = await written(submit({ bundle: 1, parallel: 2 }));
  expect(memory(both)).toEqual([[1, '1500Mi'], [1, '51100Mi']]); // prettier-ignore
  expect(both.items.map(({ spec }) => spec.template.spec.containers[0].args)).toEqual([
    ['--first', '0'],
    ['--first', '2'],
  ]);
  const one = await written(submit({ bundle: 1, parallel: 1, again: true }));
  expect(memory(one)).toEqual([[1, '51100Mi']]);
  expect(one.tasks).toBe(3);
  // No pod asks for more than a node has: such a run is recorded as too large.
  const { kubernetes } = onVolume();
  const least = { ...kubernetes, mount: dirname(directory), nodeMegabytes: 30_000 };
  const small = await written(submit({ kubernetes: least, bundle: 1, again: true }));
  expect(memory(small).at(-1)![1]).toBe('30000Mi');
});

test('names of at most 63 letters with the number of the last task, whatever the folder is called', async () => {
  const { kubernetes } = onVolume();
  const range = { first: 90_000, tasks: maxTasks };
  const name = `embed-bench-01234567-${'9'.repeat(3)}-mf3k2j9x-${'9'.repeat(2)}`;
  const task = { name, plan: '01234567', directory: `/shared/${'long-'.repeat(60)}`, list: 'a', range };
  const job = indexedJob({ ...task, parallel: 50, threads: 4 }, kubernetes);
  expect(`${job.metadata.name}-${maxTasks - 1}`.length).toBeLessThanOrEqual(63);
  expect(problemsOf('batch/v1:Job', job)).toEqual([]);
  // Pods are named after it: a DNS label.
  expect(job.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/);
  const { items } = await written(onVolume().submit());
  expect(items[0].metadata.name).toMatch(/^embed-bench-[0-9a-f]{8}-1-[a-z0-9]{8}-1$/);
});

test('what the cluster or the volume would refuse is one line', async () => {
  const { directory, mount, kubernetes, submit } = onVolume();
  const wrong = (change: Partial<KubernetesOptions>) => () => requireUsable({ ...kubernetes, ...change });
  for (const image of ['embed-bench', 'localhost:5000/embed-bench', 'a/b:latest', 'a b:1', ''])
    expect(wrong({ image })).toThrow(/^--image .*give it a tag of its own, or a digest/);
  for (const image of ['embed-bench:1', 'localhost:5000/a/b:1.0-x', `a/b@sha256:${'0'.repeat(64)}`])
    expect(wrong({ image })).not.toThrow();
  for (const scratch of ['scratch', '$TMPDIR', `${mount}/scratch`, '/'])
    expect(() => requireUsable(kubernetes, scratch)).toThrow(/^--scratch .* as in --scratch \/scratch$/);
  expect(wrong({ claim: 'Shared' })).toThrow(/^--claim Shared: not a name/);
  expect(wrong({ claim: 'a'.repeat(64) })).toThrow(/not a name/);
  expect(wrong({ namespace: 'a'.repeat(64) })).toThrow(/^--namespace a+: .* at most 63/);
  for (const one of ['', '/', 'shared', '/a/../b', '/a:b'])
    expect(wrong({ mount: one })).toThrow(/the path of the volume in pods .* as in --claim shared:\/shared$/);
  expect(wrong({ mount: '/shared/' })).not.toThrow();
  for (const other of ['/elsewhere', `${mount}/pla`, `${mount}2`])
    await expect(submit({ kubernetes: { ...kubernetes, mount: other } })).rejects.toThrow(
      /: the plan is not in .*, where pods have the volume of shared; plan with --plan and --cache in /,
    );
  await expect(submit({ kubernetes: { ...kubernetes, mount: directory } })).rejects.toThrow(
    /the prepared data \(--cache\) is not in/,
  );
  const log = join(execFileSync('mktemp', { encoding: 'utf8' }).trim());
  const outside = onVolume((plan) => {
    const { request } = plan.log as { request: object };
    return { log: { ...(plan.log as object), request: { ...request, options: { data: log } } } };
  });
  await expect(outside.submit()).rejects.toThrow(`${log}: the log is not in`);
});

test('tens of thousands of runs: Jobs of at most ten thousand tasks', async () => {
  const many = 20_001;
  const { submit } = onVolume((plan) => {
    const [job] = plan.jobs as { id: string; seed: number; method: string }[];
    const jobs = Array.from({ length: many }, (_, i) => ({
      ...{ ...job, id: i.toString(16).padStart(16, '0'), options: { place: i } },
    }));
    return { jobs };
  });
  const { items, tasks, file } = await written(submit({ bundle: 1, parallel: 43 }));
  expect(tasks).toBe(many);
  expect(items.map(({ spec }) => [spec.completions, spec.parallelism])).toEqual([
    [maxTasks, 20],
    [maxTasks, 20],
    [1, 1],
  ]);
  expect(items[2].spec.template.spec.containers[0].args).toEqual(['--first', '20000']);
  expect(readFileSync(file).length).toBeLessThan(20_000);
}, 60_000);
