import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { readRuns } from '../../results/store.ts';
import { oneRowMethod } from '../plugins/written-plugin.ts';
import { root, runScript, scratch, tiny } from '../scripts/run-script.ts';

/** Methods, a model and a data set from outside, through processes, plans and records. */

const model = `
import { createFirstOrder, firstOrderSum, sumOf } from 'embed-bench/model';
export const models = [{
  name: 'own-linear', title: 'Sums of first coordinates', paper: { cite: 'none', url: 'https://example.org' },
  options: z.strictObject({ bias: z.boolean().default(true) }), withoutLayers: true,
  describe: ({ bias }) => (bias ? 'bias' : 'no bias'),
  build({ denseFields }, { bias }) {
    const first = createFirstOrder(denseFields, { bias });
    return {
      variables: first.variables, layers: [],
      logits: (dense, vectors) => sumOf(firstOrderSum(vectors), first.ofDense(dense)),
    };
  },
}];
`;

const dataset = `
import { random } from 'embed-bench/dataset';
export const datasets = [{
  name: 'own-clicks', title: 'clicks by a hash', options: z.strictObject({ count: z.int().default(900).describe('rows') }),
  flags: { count: '--count-of-rows <n>' },
  raw: ({ count }) => ({
    key: { count },
    source: () => ({
      dense: [{ name: 'x', kind: 'float' }],
      fields: [{ name: 'user', kind: 'integer32' }, { name: 'page', kind: 'integer32' }],
      *blocks() {
        const stream = random(7);
        const ids = (n) => Uint32Array.from({ length: count }, () => Math.floor(n * stream.uniform()));
        const tokens = [ids(40), ids(9)];
        const labels = Uint8Array.from(tokens[0], (user) => (user % 3 === 0) !== stream.uniform() < 0.2 ? 1 : 0);
        yield { size: count, labels, dense: [new Float32Array(count)], tokens };
      },
    }),
  }),
}];
`;

const run = (...args: string[]) => runScript('bench', [...args, '--seeds', '1', '--no-references']);

test('methods, models and data sets of plug-ins', { timeout: 300_000 }, async () => {
  const folder = scratch();
  const [file, other] = [join(folder, 'mine.mjs'), join(folder, 'model.mjs')];
  writeFileSync(file, oneRowMethod('own-rows') + dataset);
  writeFileSync(other, `import { z } from 'embed-bench/method';\n${model}`);
  const plugins = ['--plugin', file, `--plugin=${other}`];
  const asked = [
    ...['--method', 'own-rows,int8(own-rows)', '--model', 'own-linear', '--set', 'own-linear.bias=false'],
    ...[
      '--dataset',
      'own-clicks',
      '--count-of-rows',
      '800',
      '--compression',
      '4',
      '--dim',
      '4',
      '--batch',
      '64',
    ],
    ...['--backend', 'wasm', '--cache', join(folder, 'cache'), ...plugins],
  ];
  const listed = JSON.parse((await runScript('list', ['--json', ...plugins])).stdout) as Record<string, { name: string }[]>; // prettier-ignore
  const last = (list: string) => listed[list].at(-1)!.name;
  expect(['methods', 'models', 'datasets'].map(last)).toEqual(['own-rows', 'own-linear', 'own-clicks']);
  const prepared = await runScript('data', ['own-clicks', '--cache', join(folder, 'cache'), ...plugins]);
  expect(prepared.stdout).toContain('2 fields');

  const out = join(folder, 'direct');
  expect(await run(...asked, '--out', out)).toMatchObject({ exitCode: 0 });
  const runs = readRuns(out);
  expect(runs.map(({ method, status, network }) => [method, status, network])).toEqual(
    ['full', 'own-rows', 'int8(own-rows)'].map((method) => [method, 'completed', 'no bias']),
  );
  // Everything here is of own-clicks and own-linear; paths are in no record.
  for (const { plugins } of runs) expect(plugins!.map(({ name }) => name).sort()).toEqual(['mine.mjs', 'model.mjs']); // prettier-ignore
  const environment = readFileSync(join(out, 'environment.json'), 'utf8');
  expect(environment).toContain('"mine.mjs"');
  expect(environment).not.toContain(folder);
  const { digest } = runs[0].plugins!.find(({ name }) => name === 'mine.mjs')!;
  expect(readFileSync(join(out, 'report.html'), 'utf8').includes(`mine.mjs (${digest})`)).toBe(true);

  // A plan's tasks load them too, and record the same.
  const plan = join(folder, 'plan');
  expect(await run(...asked, '--plan', plan)).toMatchObject({ exitCode: 0 });
  const submitted = await runScript('submit', [plan, '--commands']);
  const next = /^next: (.*)$/m.exec(submitted.stdout)![1];
  expect(await execa('sh', ['-c', next], { cwd: root, reject: false })).toMatchObject({ exitCode: 0 });
  expect(await runScript('merge', [plan])).toMatchObject({ exitCode: 0 });
  expect(readRuns(plan).map(({ id }) => id)).toEqual(runs.map(({ id }) => id));

  // Other code is another run, which this recording and this plan refuse.
  writeFileSync(file, oneRowMethod('own-rows', { scale: 2 }) + dataset);
  const mixed = await run(...asked, '--out', out);
  expect(mixed).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(/plug-in mine\.mjs .* never mixed/) as string }); // prettier-ignore
  expect((await runScript('status', [plan])).stderr).toMatch(
    /its code has changed since this comparison began/,
  );
  const again = join(folder, 'again');
  expect(await run(...asked, '--out', again)).toMatchObject({ exitCode: 0 });
  const ids = new Set(runs.map(({ id }) => id));
  expect(readRuns(again).filter(({ id }) => ids.has(id))).toEqual([]);
});

test('speeds of a method of a plug-in', { timeout: 120_000 }, async () => {
  const folder = scratch();
  const file = join(root, 'examples/remainder-rows.ts');
  const asked = [
    '--suite',
    'throughput',
    '--method',
    'rr',
    '--plugin',
    file,
    '--backend',
    'wasm',
    '--compression',
    '4',
  ];
  const small = ['--scale', '0.0001', '--rounds', '1', '--no-peer', '--no-baseline', ...tiny];
  const { exitCode } = await runScript('bench', [...asked, ...small, '--out', folder]);
  expect(exitCode).toBe(0);
  expect(readFileSync(join(folder, 'throughput.jsonl'), 'utf8')).toContain('"name":"remainder-rows.ts"');
});

test('a flag that bench has already is a mistake of the plug-in', async () => {
  const file = join(scratch(), 'p.mjs');
  writeFileSync(
    file,
    `import { z } from 'embed-bench/method';${dataset.replace('--count-of-rows <n>', '--model <n>')}`,
  );
  const { exitCode, stderr } = await runScript('bench', ['--method', 'md', '--plugin', file]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/^error: a plug-in has a flag of this command: .*--model.*$/) as string }); // prettier-ignore
});
