import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { readRuns } from '../../results/store.ts';
import { shellWord } from '../../base/shell-word.ts';
import { numbersOf } from '../../suites/cluster/records/merge.ts';
import { until } from '../processes.ts';
import { root, tiny } from '../scripts/run-script.ts';

/** A plan whose first round the commands of a manifest's pods carry out, and whose second one the commands of a file, under xargs as docs/cluster.md has it. */

const folder = mkdtempSync(join(tmpdir(), 'embed-bench-elsewhere-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [plan, direct] = [join(folder, "a plan's folder"), join(folder, 'direct')];
const verb = (name: string, ...args: string[]) =>
  execa('node', ['start/verb.js', name, ...args], { cwd: root, reject: false });
const settings = [
  ...['--method', 'md,hash', '--compression', '4', '--seeds', '2', '--rows', '600', '--no-references'],
  ...['--threads', '1', '--cache', join(folder, 'cache'), ...tiny],
];

interface Manifest {
  readonly items: {
    readonly spec: {
      readonly completions: number;
      readonly template: { readonly spec: { readonly containers: readonly Container[] } };
    };
  }[];
}
interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
}

test('the commands of pods and of xargs make the recording of one machine', async () => {
  expect(await verb('bench', ...settings, '--plan', plan)).toMatchObject({ exitCode: 0 });
  const kubernetes = ['--kubernetes', '--image', 'a/b:1', '--claim', `shared:${folder}`, '--bundle', '2'];
  const submitted = await verb('submit', plan, ...kubernetes);
  expect(submitted).toMatchObject({ exitCode: 0 });
  expect((await verb('submit', plan, ...kubernetes)).stdout).toMatch(
    /^nothing written: 3 runs of .* have no record/,
  );
  const file = /^manifest: (.*)$/m.exec(submitted.stdout)![1];
  const { items } = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const pods = items.flatMap(({ spec }) =>
    Array.from({ length: spec.completions }, (_, index) => ({ index, ...spec.template.spec.containers[0] })),
  );
  expect(pods).toHaveLength(2);
  const pod = ({ command: [program, script, ...words], args, index }: (typeof pods)[number]) =>
    execa(program, [script.replace('/app', root), ...words, ...args], {
      ...{ cwd: '/', reject: false, env: { JOB_COMPLETION_INDEX: String(index) } },
    });
  // The node of the first pod is drained in the middle of a run; the Job starts another pod for the same index.
  const drained = pod(pods[0]);
  await until(() => readdirSync(join(plan), { recursive: true }).some((name) => /shards.*\block$/.test(String(name))), 30_000); // prettier-ignore
  drained.kill('SIGTERM');
  expect((await drained).exitCode).not.toBe(0);
  for (const one of pods) expect((await pod(one)).exitCode).toBe(0);

  const next = await verb('submit', plan, '--commands', '--bundle', '1');
  const commands = /^commands: (.*)$/m.exec(next.stdout)![1];
  expect(next.stdout).toMatch(/^runs: 3 that can run now; 3 tasks$/m);
  const xargs = /^next: (.*)$/m.exec(next.stdout)![1];
  // The documents have the same line.
  const documented = readFileSync(join(root, 'docs/cluster.md'), 'utf8').match(/^tr .* xargs .*$/m)![0];
  expect(xargs).toBe(documented.replace('results/big/commands/NAME.txt', shellWord(commands)));
  expect(await execa('sh', ['-c', xargs], { cwd: root, reject: false })).toMatchObject({ exitCode: 0 });
  expect((await verb('submit', plan, '--commands')).stdout).toBe(
    'nothing to submit: all 6 runs are recorded',
  );
  expect(await verb('merge', plan)).toMatchObject({ exitCode: 0 });

  expect(await verb('bench', ...settings, '--out', direct)).toMatchObject({ exitCode: 0 });
  const [one, other] = [plan, direct].map((recording) =>
    Object.fromEntries(readRuns(recording).map((run) => [run.id, numbersOf(run)])),
  );
  expect(Object.keys(one)).toHaveLength(6);
  expect(one).toEqual(other);
  for (const id of Object.keys(one))
    expect(readFileSync(join(plan, 'scores', `${id}.f32`))).toEqual(
      readFileSync(join(direct, 'scores', `${id}.f32`)),
    );
}, 300_000);
