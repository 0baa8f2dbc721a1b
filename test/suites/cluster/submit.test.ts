import { afterEach, expect, test, vi } from 'vitest';
import { rangesOf } from '../../../suites/cluster/submission/array-ranges.ts';
import { optionIn, wordsOf } from '../../../suites/cluster/slurm/slurm.ts';
import { statusOf } from '../../../suites/cluster/records/status.ts';
import { submitPlan } from '../../../suites/cluster/slurm/submit.ts';
import { submissionsOf } from '../../../suites/cluster/submission/submissions.ts';
import { fakeSlurm } from './fake-slurm.ts';
import { infeasible, planned, work } from './planned.ts';

afterEach(() => vi.unstubAllEnvs());

const options = { slurm: '', parallel: Infinity, bundle: 2 };

test('arrays of at most so many tasks; words as a shell divides them', () => {
  expect(rangesOf([{ tasks: 3 }], 4)).toEqual([{ first: 0, tasks: 3 }]);
  const groups = [{ tasks: 9, megabytes: 500 }, { tasks: 0, megabytes: 900 }, { tasks: 2, megabytes: 1500 }]; // prettier-ignore
  expect(rangesOf(groups, 4).map(({ first, tasks, megabytes }) => [first, tasks, megabytes])).toEqual([
    ...[
      [0, 4, 500],
      [4, 4, 500],
      [8, 1, 500],
    ],
    [9, 2, 1500],
  ]);
  expect(wordsOf(` --time=60  --comment='two words' -p "a b"c `)).toEqual([
    '--time=60',
    '--comment=two words',
    '-p',
    'a bc',
  ]);
});

test('options of sbatch are found as sbatch finds them', () => {
  const array = (words: string) => optionIn(wordsOf(words), 'array', { least: 2, short: 'a' });
  for (const words of ['--array=0-9', '--array 0-9', '-a 0-9', '-a0-9', '--arr=0-9', '--mem=1G --ar 0-9'])
    expect(array(words)).toBe('0-9');
  for (const words of ['', '--account=a', '--mem=4G', '-A a']) expect(array(words)).toBeUndefined();
  expect(optionIn(['--mem-per-cpu=1G'], 'mem')).toBeUndefined();
  expect(optionIn(['--time'], 'time')).toBe('');
});

test('a chain of arrays and merges; nothing between Slurm and node', async () => {
  const directory = planned();
  const calls = fakeSlurm();
  const done = await submitPlan(directory, { slurm: '--time=60 --mem=4G', parallel: 3, bundle: 2 });
  expect(done).toMatchObject({ type: 'submitted', runs: 3, later: 3 });
  const lines = calls().split('\n');
  const call = (n: number) => lines.find((line) => line.startsWith(`${n}: `))!;
  expect(call(1)).toContain('--array=0-1%3 --cpus-per-task=1 ');
  expect(call(1)).toMatch(
    /--requeue --open-mode=append .*--time=60 --mem=4G --export=NONE --job-name=embed-bench-/,
  );
  expect(call(1)).not.toContain('--dependency');
  expect(call(2)).toContain('--dependency=afterany:1');
  expect(call(3)).toMatch(/--array=0-1%3 .*--dependency=afterany:2/);
  expect(call(4)).toContain('--dependency=afterany:3');
  expect(lines.filter((line) => line.startsWith('exec '))).toEqual([
    expect.stringMatching(
      /^exec \S*node \S*start\/verb\.js work \S*plan --list \S*-1 --task "\$SLURM_ARRAY_TASK_ID"$/,
    ),
    expect.stringMatching(
      /^exec \S*node \S*start\/verb\.js merge \S*plan --list \S*-2 --tasks 2 --bundle 2$/,
    ),
    expect.stringMatching(/^exec .* work .*-2 --task "\$SLURM_ARRAY_TASK_ID"$/),
    expect.stringMatching(/^exec \S*node \S*start\/verb\.js merge \S*plan$/),
  ]);
  expect(submissionsOf(directory)).toMatchObject([{ arrays: ['1', '3'], merges: ['2', '4'], parallel: 3 }]);
});

test('several arrays where Slurm takes no larger ones: they share the limit, or take turns', async () => {
  const calls = fakeSlurm({ maxArraySize: 2 });
  await submitPlan(planned(), { ...options, parallel: 5, bundle: 1 });
  expect(calls()).toMatch(/^1: --parsable --array=0-1%3 /m);
  expect(calls()).toMatch(/^2: --parsable --array=0-0%2 /m);
  expect(calls()).toContain('--task "$((2 + SLURM_ARRAY_TASK_ID))"');
  expect(calls()).toMatch(/^3: .*--dependency=afterany:1:2$/m);
  const inTurn = fakeSlurm({ maxArraySize: 2 });
  await submitPlan(planned(), { ...options, parallel: 1, bundle: 1 });
  expect(inTurn()).toMatch(/^2: --parsable --array=0-0%1 .*--dependency=afterany:1$/m);
});

test('what Slurm refuses is one line, and leaves nothing in its queue', async () => {
  const directory = planned();
  const calls = fakeSlurm({ refuses: 3 });
  await expect(submitPlan(directory, options)).rejects.toThrow(
    /^sbatch: Batch job submission failed: Invalid partition name$/,
  );
  expect(calls()).toMatch(/^cancelled --name=embed-bench-[0-9a-f]{8}$/m);
  expect(submissionsOf(directory)).toEqual([]);
  await expect(submitPlan(directory, { ...options, slurm: '--array=0-9' })).rejects.toThrow(
    /--slurm: leave --array out/,
  );
});

test('nothing is submitted while jobs are queued, without a controller, or if all is recorded', async () => {
  const directory = planned();
  const down = fakeSlurm({ queue: 'down' });
  await expect(submitPlan(directory, options)).rejects.toThrow(
    /squeue: Slurm's controller does not answer .*; repeat the command/,
  );
  const status = await statusOf(directory);
  expect(status).toMatchObject({ missing: { length: 3 }, later: 3 });
  expect(status.queue).toMatch(/does not answer/);
  expect(down()).toBe('');
  const queued = fakeSlurm({
    queue: '7|0|RUNNING|None|n1\\n7|1|PENDING|Resources|\\n8|N/A|PENDING|Dependency|\\n',
  });
  expect(await submitPlan(directory, options)).toEqual({ type: 'queued', jobs: ['7', '8'] });
  expect((await statusOf(directory)).queue).toHaveLength(3);
  expect(queued()).toBe('');
  fakeSlurm();
  await submitPlan(directory, options);
  const [{ name }] = submissionsOf(directory);
  for (const task of [0, 1]) await work(directory, `${name}-1`, task, () => infeasible);
  expect(await statusOf(directory)).toMatchObject({ unmerged: 3, missing: [], queue: [] });
  expect(await submitPlan(directory, options)).toEqual({ type: 'complete', runs: 3 }); // infeasible: no other seeds
});

test('without its programs, Slurm is elsewhere', async () => {
  const directory = planned();
  vi.stubEnv('PATH', '/nonexistent');
  await expect(submitPlan(directory, options)).rejects.toThrow(
    /squeue: there is no such program here; .* login node/,
  );
});
