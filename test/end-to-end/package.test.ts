import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { usableAddon } from '../../backends/native/build.ts';
import { packedAs } from '../../backends/native/prebuilt.ts';
import { packageOf, thisMachine } from '../../backends/native/target.ts';
import { readRuns } from '../../results/store.ts';
import { oneRowMethod } from '../plugins/written-plugin.ts';
import { scratchOfFile } from '../scratch-of-file.ts';
import { root, runScript, tiny } from '../scripts/run-script.ts';

/** The package, installed in an empty folder without network, and run there with nothing of this project in reach. */

const folder = scratchOfFile();
const at = (...path: string[]) => join(folder, ...path);
/** Programs of other versions of Node.js, separated by colons. .ci/run names 22, 24 and 26. */
const nodes = (process.env.EMBED_BENCH_PACKAGE_NODES ?? '').split(':').filter((path) => path !== '');
const readsTypeScript = (node: string) => /v(2[4-9]|[3-9]\d)\.|v22\.(1[89]|[2-9]\d)\./.test(node);

const launcher = at('node_modules/embed-bench/start/embed-bench.js');
const run = (args: readonly string[], { node = process.execPath } = {}) =>
  execa(node, [launcher, ...args], {
    ...{ cwd: folder, env: { PATH: '/nowhere', HOME: folder }, extendEnv: false, reject: false },
  });
const small = [
  ...['--rows', '500', '--seeds', '1', '--compression', '4', '--no-references', '--cache', 'cache'],
  ...tiny,
];
const example = 'embed-bench-neighbour-rows';

beforeAll(async () => {
  expect(await runScript('pack-npm', ['--out', at('packed')])).toMatchObject({ exitCode: 0 });
  const [archive] = readdirSync(at('packed'));
  cpSync(join(root, 'examples'), folder, { recursive: true });
  // The example is a package beside it, as npm installs one.
  const { stdout } = await execa('npm', ['pack', `./${example}`, '--silent'], { cwd: folder });
  const installed = ['install', '--offline', '--no-audit', '--no-fund', `./packed/${archive}`, `./${stdout}`];
  await execa('npm', installed, { cwd: folder });
}, 300_000);

test('the package has no dependencies, no sources, and every file that its manifest names', () => {
  const inside = (path: string) => at('node_modules/embed-bench', path);
  const manifest = JSON.parse(readFileSync(inside('package.json'), 'utf8')) as {
    bin: Record<string, string>;
    exports: Record<string, Record<string, string> | string>;
  };
  for (const absent of ['dependencies', 'devDependencies', 'scripts', 'private'])
    expect(manifest).not.toHaveProperty(absent);
  expect(readdirSync(at('node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'embed-bench',
    example,
  ]);
  const named = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap((one) => Object.values(one === './package.json' ? { one } : one))]; // prettier-ignore
  for (const path of named) expect(existsSync(inside(path)), path).toBe(true);
  expect(readFileSync(inside('lib/THIRD-PARTY-LICENSES.txt'), 'utf8')).toMatch(/^zod 4\.\d+\.\d+ \(MIT\)$/m);
});

test('the readers open models and tables', async () => {
  const script =
    "import * as reader from 'embed-bench/reader'; console.log(Object.keys(reader).sort().join())";
  const { stdout } = await execa('node', ['--input-type=module', '-e', script], { cwd: folder });
  expect(stdout).toBe('largestDifference,openModel,openTables');
  const python = 'serving/python/embed_bench_reader';
  const modules = readdirSync(join(root, python)).filter((name) => name.endsWith('.py'));
  expect(modules).toContain('tables.py');
  expect(readdirSync(at('node_modules/embed-bench', python))).toEqual(modules);
});

test('it trains, and records what a checkout records', { timeout: 120_000 }, async () => {
  const bench = await run(['bench', '--method', 'md', '--backend', 'wasm', ...small, '--out', 'here']);
  expect(bench).toMatchObject({ exitCode: 0 });
  expect(bench.stdout).toContain('report: here/report.html');
  const checkout = at('checkout');
  const same = [
    '--method',
    'md',
    '--backend',
    'wasm',
    ...small.with(-1 - tiny.length, at('cache')),
    '--out',
    checkout,
  ];
  expect(await runScript('bench', same)).toMatchObject({ exitCode: 0 });
  const numbers = (recording: string) =>
    readRuns(recording).map((run) => [run.id, run.status === 'completed' && run.quality]);
  expect(numbers(at('here'))).toEqual(numbers(checkout));
  const { stdout: commit } = await execa('git', ['rev-parse', 'HEAD'], { cwd: root });
  expect(readFileSync(at('here/environment.json'), 'utf8')).toContain(commit);
  expect(await run(['report', 'here'])).toMatchObject({ exitCode: 0 });
});

test('help and mistakes name commands as they are typed here', async () => {
  expect((await run(['bench', '--help'])).stdout).toMatch(
    /^Usage: npx embed-bench bench --method md \[options\]/,
  );
  expect((await run([])).stdout).toMatch(/^ {2}check +checks the methods of a plug-in/m);
  const mistakes: [string[], RegExp][] = [
    [['benhc'], /^error: embed-bench has no command "benhc"; there are bench, /],
    [['bench'], /npx embed-bench list shows what there is/],
    [['status', 'none'], /npx embed-bench bench \.\.\. --plan FOLDER makes one/],
  ];
  for (const [args, says] of mistakes)
    expect(await run(args)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(says) as string });
  const { stdout } = await run(['doctor']);
  expect(stdout).toMatch(/native: .*npx embed-bench build-native/);
  expect(stdout).toContain('--backend auto is wasm here');
});

describe('plug-ins', () => {
  test(
    'an installed package is trained, and passes the rules for methods',
    { timeout: 120_000 },
    async () => {
      const asked = ['bench', '--method', 'neighbour-rows', '--plugin', example, '--backend', 'wasm'];
      expect(await run([...asked, ...small, '--out', 'plugged'])).toMatchObject({ exitCode: 0 });
      const own = readRuns(at('plugged')).find(({ method }) => method === 'neighbour-rows')!;
      expect(own.plugins).toEqual([
        { name: example, version: '1.0.0', digest: expect.any(String) as string },
      ]);
      const check = await run(['check', '--plugin', example]);
      expect(check.stdout).toMatch(/^ok +conformance: \d+ passed/m);
      expect(check.stdout).toMatch(/^neighbour-rows: \d\d passed$/m);
      expect(check.exitCode).toBe(0);
      const tests = await execa('node', ['--test', at(example)], { cwd: at(example), reject: false });
      expect(tests).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/pass 2$/m) as string });
    },
  );

  test('a method that breaks a rule is found, with the rule', { timeout: 120_000 }, async () => {
    // Vectors of twice the scale of a full table's at least, and one id that needs no key but has one.
    writeFileSync(at('loud.mjs'), oneRowMethod('loud', { scale: 90 }));
    const { exitCode, stdout } = await run(['check', './loud.mjs']);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^failed +conformance: /m);
    expect(stdout).toMatch(/starts at the scale of a full table/);
    expect(stdout).toMatch(/^loud: \d+ failed, \d+ passed$/m);
  });

  test('TypeScript on this Node is run, or refused in one line', { timeout: 60_000 }, async () => {
    const { exitCode, stdout, stderr } = await run([
      'list',
      '--plugin',
      './remainder-rows.ts',
      '--method',
      'rr',
    ]);
    if (readsTypeScript(process.version)) expect(stdout).toContain('remainder-rows');
    else
      expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(/^error: .*reads no TypeScript; take Node 22\.18.*$/) as string }); // prettier-ignore
  });
});

test('compare() returns the records of a comparison', { timeout: 120_000 }, async () => {
  const script = `
    import { compare, UserError } from 'embed-bench';
    const seen = [];
    const settings = { method: ['md', 'neighbour-rows'], plugin: '${example}', backend: 'wasm', compression: 4, seeds: 1,
      rows: 500, references: false, bottom: 16, top: 16, dim: 4, batch: 64, cache: 'cache', out: 'plugged' };
    const records = await compare(settings, { onRecord: ({ method }) => seen.push(method) });
    const unknown = await compare({ method: 'nope' }).catch(({ message }) => message);
    const wrong = await compare({ methd: 'md' }).catch((error) => error instanceof UserError && error.message);
    console.log(JSON.stringify({ methods: records.map(({ method, status }) => [method, status]), seen, wrong, unknown }));`;
  writeFileSync(at('script.mjs'), script);
  const { stdout, stderr } = await execa('node', ['script.mjs'], { cwd: folder, reject: false });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    methods: ['full', 'mixed-dimension', 'neighbour-rows'].map((method) => [method, 'completed']),
    seen: ['mixed-dimension'], // the others are recorded already
    unknown: expect.stringMatching(/see npx embed-bench list/) as string,
    wrong: "unknown option '--methd' (Did you mean --method?)",
  });
});

test.skipIf(usableAddon() === undefined)('a prebuilt add-on beside it is what auto chooses', async () => {
  const beside = at('node_modules', packageOf(thisMachine()));
  const addon = usableAddon()!;
  mkdirSync(beside, { recursive: true });
  const name = addon.split('/').at(-1)!;
  cpSync(addon, join(beside, name));
  const manifest = { name: packageOf(thisMachine()), version: '0.1.0', ...packedAs(join(beside, name)) };
  expect(manifest.addonSha256).toBe(createHash('sha256').update(readFileSync(addon)).digest('hex'));
  writeFileSync(join(beside, 'package.json'), JSON.stringify(manifest));
  expect((await run(['doctor'])).stdout).toContain('--backend auto is native here');
});

describe.each(nodes)('%s', (node) => {
  test('it lists, trains, and runs a plug-in in TypeScript', { timeout: 120_000 }, async () => {
    expect(await run(['--help'], { node })).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout: version } = await execa(node, ['--version']);
    const plugin = readsTypeScript(version) ? ['rr', './remainder-rows.ts'] : ['neighbour-rows', example];
    const asked = ['bench', '--method', plugin[0], '--plugin', plugin[1], '--backend', 'wasm', ...small];
    const bench = await run([...asked, '--out', `on-${version}`], { node });
    expect(bench).toMatchObject({ exitCode: 0 });
    expect(bench.stderr).not.toContain('Warning');
    expect(readRuns(at(`on-${version}`))).toHaveLength(2);
  });
});
