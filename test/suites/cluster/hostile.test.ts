import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { dirname, join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { mergeShards } from '../../../suites/cluster/records/merge.ts';
import { readPlan } from '../../../suites/cluster/plan/plan-file.ts';
import { maxArraySize } from '../../../suites/cluster/slurm/slurm.ts';
import { statusOf } from '../../../suites/cluster/records/status.ts';
import { jobName } from '../../../suites/cluster/submission/submissions.ts';
import { submitPlan } from '../../../suites/cluster/slurm/submit.ts';
import { submissionsOf } from '../../../suites/cluster/submission/submissions.ts';
import { fakeSlurm } from './fake-slurm.ts';
import { infeasible, jobs, listed, planned, work } from './planned.ts';

afterEach(() => vi.unstubAllEnvs());

const options = { slurm: '', parallel: Infinity, bundle: 2 };
const merge = (directory: string) => mergeShards(directory, ({ added }) => added);
const first = jobs.filter(({ seed }) => seed === 1);
/** A user's error is one line without a stack. */
const oneLine = async (work: Promise<unknown> | (() => unknown)) => {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    const { name, message } = error as Error;
    expect(`${(error as Error).constructor.name} ${name}`).toContain('UserError');
    expect(message).not.toContain('\n');
    return message;
  }
  return expect.fail('nothing was refused');
};

test('a folder without a plan, a plan that was edited, torn or is none', async () => {
  const directory = planned();
  const file = join(directory, 'plan.json');
  fakeSlurm();
  const text = readFileSync(file, 'utf8');
  for (const [content, problem] of [
    [text.replace('"learningRate":0.01', '"learningRate":0.02'), /plan\.json: it does not fit its check/],
    [text.slice(0, 200), /plan\.json: not JSON \(/],
    ['[]', /plan\.json: it has no check of itself/],
    ['null', /plan\.json: it has no check of itself/],
    ['{"version":1,"jobs":[],"environment":{}}', /plan\.json: it has no check of itself/],
  ] as const) {
    writeFileSync(file, content);
    for (const attempt of [submitPlan(directory, options), merge(directory), statusOf(directory)])
      expect(await oneLine(attempt)).toMatch(problem);
  }
  for (const path of [dirname(directory), join(directory, 'no', 'such'), file])
    expect(await oneLine(submitPlan(path, options))).toMatch(/there is no plan; npm run bench/);
  renameSync(file, `${file}-away`);
  mkdirSync(file);
  expect(await oneLine(() => readPlan(directory))).toMatch(/plan\.json: is a folder where a file is needed/);
});

test('a plan of another state of the code is neither submitted nor worked at', async () => {
  const bundle = Symbol.for('embed-bench.bundle');
  const holder = globalThis as { [bundle]?: string };
  onTestFinished(() => void delete holder[bundle]);
  holder[bundle] = '/project/start/build/one';
  const directory = planned();
  listed(directory, 'a-1', first);
  holder[bundle] = '/project/start/build/two';
  const calls = fakeSlurm();
  const problem = /plan\.json: the project's code is other than .* finished runs are kept$/;
  expect(await oneLine(submitPlan(directory, options))).toMatch(problem);
  expect(await oneLine(work(directory, 'a-1', 0, () => infeasible))).toMatch(problem);
  expect(calls()).toBe('');
});

test('a list that was edited is refused, and lines of submissions.jsonl are ignored', async () => {
  const directory = planned();
  fakeSlurm();
  await submitPlan(directory, options);
  const [{ name }] = submissionsOf(directory);
  appendFileSync(join(directory, 'submissions.jsonl'), '{"name":"torn\nnull\n[1]\n{"na');
  expect(submissionsOf(directory)).toHaveLength(1);
  const file = join(directory, 'lists', `${name}-1.json`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"seed":1', '"seed":7'));
  const problem = /does not fit its check.*; remove it: npm run resubmit/;
  expect(await oneLine(work(directory, `${name}-1`, 0, () => infeasible))).toMatch(problem);
});

test('shards of other plans, and damaged ones, are named with what to do', async () => {
  const [directory, other] = [planned(), planned()];
  listed(directory, 'a-1', first);
  listed(other, 'b-1', jobs);
  await work(directory, 'a-1', 0, () => infeasible);
  await work(other, 'b-1', 0, () => infeasible);
  cpSync(join(other, 'shards/b-1'), join(directory, 'shards/b-1'), { recursive: true });
  expect(await oneLine(merge(directory))).toMatch(
    /shards\/b-1: no list of this plan has that name; move the folder away/,
  );
  expect(await oneLine(statusOf(directory))).toMatch(/shards\/b-1: no list/);
  renameSync(join(directory, 'shards/b-1/0'), join(directory, 'shards/a-1/9'));
  renameSync(join(directory, 'shards/b-1'), join(directory, 'empty'));
  expect(await oneLine(merge(directory))).toMatch(
    /shards\/a-1\/9\/.*\/runs\.jsonl: run \w+ is none of its list; move that folder away$/,
  );
  renameSync(join(directory, 'shards/a-1/9'), join(directory, 'away'));
  const [attempt] = readdirSync(join(directory, 'shards/a-1/0'));
  const runs = join(directory, 'shards/a-1/0', attempt, 'runs.jsonl');
  const lines = readFileSync(runs, 'utf8').split('\n');
  writeFileSync(runs, `${lines[0]}\n${lines[1].slice(0, 99)}${lines[2]}\n`);
  for (const attempt of [merge(directory), statusOf(directory)])
    expect(await oneLine(attempt)).toMatch(
      /runs\.jsonl:2: not a run record \(.*\); delete that line, or move the folder away: npm run resubmit/,
    );
  writeFileSync(runs, lines.slice(0, 1).join('\n'));
  expect(await merge(directory)).toBe(1);
});

test('two merges at once: one waits for nobody, the other says who is at it', async () => {
  const directory = planned();
  listed(directory, 'a-1', first);
  await work(directory, 'a-1', 0, () => infeasible);
  const said = await mergeShards(directory, async () => oneLine(merge(directory)));
  expect(said).toMatch(/lock: process \d+ on .* is writing this recording/);
  expect(await merge(directory)).toBe(0);
});

test('a submission that came between the looks at the queue is seen', async () => {
  const directory = planned();
  const calls = fakeSlurm({ queue: ['', '7|0|PENDING|Resources|\\n'] });
  expect(await submitPlan(directory, options)).toEqual({ type: 'queued', jobs: ['7'] });
  expect(calls()).toBe('');
});

test('every wrong option of sbatch is one line, which says what is wrong', async () => {
  for (const [says, said] of [
    [
      `sbatch: unrecognized option "--foo"\\nTry "sbatch --help" for more information`,
      'sbatch: unrecognized option "--foo"',
    ],
    [
      'Invalid time specification (pos=0): x\\nsbatch: error: Invalid --begin specification',
      'sbatch: Invalid --begin specification',
    ],
    ['sbatch: fatal: Too many tasks', 'sbatch: Too many tasks'],
  ]) {
    fakeSlurm({ refuses: 1, says });
    expect(await oneLine(submitPlan(planned(), options))).toBe(said);
  }
  for (const slurm of ['-a 0-9', '-a0-9', '--arr=1', '--export NONE', '-o x', '-Jx', '--depend=after:1'])
    expect(await oneLine(submitPlan(planned(), { ...options, slurm }))).toMatch(
      /^--slurm: leave --[\w-]+ out/,
    );
});

test('a controller that dies between two jobs: the first are cancelled, or said to be there', async () => {
  const dies = 'sbatch: error: Batch job submission failed: Unable to contact slurm controller';
  const directory = planned();
  const calls = fakeSlurm({ refuses: 2, says: dies, cancels: false });
  expect(await oneLine(submitPlan(directory, options))).toMatch(
    /^sbatch: Slurm's controller does not answer \(.*\); repeat the command when it does; a part of the jobs may be in the queue/,
  );
  expect(calls()).toMatch(/^cancelled --name=/m);
  fakeSlurm({ queue: '1|0|RUNNING|None|n1\\n' });
  expect(await submitPlan(directory, options)).toEqual({ type: 'queued', jobs: ['1'] });
  // Its tasks have ended; no merge came after them.
  const [list] = readdirSync(join(directory, 'lists')).map((name) => name.replace('.json', ''));
  await work(directory, list, 0, () => infeasible);
  fakeSlurm();
  expect(await submitPlan(directory, options)).toMatchObject({ type: 'submitted', runs: 1 });
});

test('a submission that is interrupted leaves nothing in the queue', async () => {
  const directory = planned();
  const calls = fakeSlurm({ hangs: 2 });
  const stop = new AbortController();
  const done = submitPlan(directory, options, { signal: stop.signal });
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(() => calls().includes('1: '));
  stop.abort();
  await expect(done).rejects.toMatchObject({ name: 'AbortError' });
  expect(calls()).toMatch(/^cancelled --name=/m);
  expect(calls()).not.toMatch(/^3: /m);
  expect(submissionsOf(directory)).toEqual([]);
  expect(readdirSync(directory)).not.toContain('lock');
});

test('spaces, quotes and percent signs in paths; one name of jobs for every link to the folder', async () => {
  const plain = planned();
  const directory = join(dirname(plain), "a plan's 100 %A $HOME");
  renameSync(plain, directory);
  const calls = fakeSlurm();
  await submitPlan(directory, options);
  expect(calls()).toContain(`--output=${directory.replace('%', '%%')}/slurm/%A_%a.log`);
  expect(calls()).toMatch(
    /^exec \S+ \S+ work '\S+a plan'\\''s 100 %A \$HOME' --list \S+ --task "\$SLURM_ARRAY_TASK_ID"$/m,
  );
  const link = join(dirname(plain), 'link');
  symlinkSync(directory, link);
  expect(jobName(link)).toBe(jobName(directory));
});

test('a Slurm without arrays says so; the smallest one has arrays of one task', async () => {
  fakeSlurm({ maxArraySize: 0 });
  expect(await oneLine(maxArraySize())).toMatch(/no job arrays here \(MaxArraySize=0\)/);
  const calls = fakeSlurm({ maxArraySize: 1 });
  await submitPlan(planned(), { ...options, bundle: 1 });
  expect(calls().match(/--array=0-0 /g)).toHaveLength(6);
});
