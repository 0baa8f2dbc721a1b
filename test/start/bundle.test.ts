import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { project, type Project } from './project.ts';

const greeting = {
  'scripts/greet.ts': `import { text } from '../base/text.ts';\nconsole.log(text as string, ...process.argv.slice(2));\n`,
  'base/text.ts': `export const text: string = 'hello';\n`,
};

/** A verb that says what it runs from. */
const saysFrom = `console.log((globalThis as never)[Symbol.for('embed-bench.bundle')] === undefined ? 'TypeScript' : 'bundle');\n`;

const said = async (run: ReturnType<Project['start']>) => {
  const { stdout, stderr, exitCode } = await run;
  return { stdout, stderr, exitCode };
};

test('a verb runs from a bundle, which the first start builds', async () => {
  const { start, bundles } = project({ ...greeting, 'scripts/from.ts': saysFrom });
  expect(await said(start('greet', ['--to', 'all']))).toEqual({
    stdout: 'hello --to all',
    stderr: '',
    exitCode: 0,
  });
  const [built] = bundles();
  expect((await start('from')).stdout).toBe('bundle');
  expect(bundles()).toEqual([built]);
});

test('an edit is seen, whatever the times and sizes of files say', async () => {
  const { folder, start, write, bundles } = project(greeting);
  await start('greet');
  const file = join(folder, 'base/text.ts');
  const { atime, mtime, size } = statSync(file);
  write('base/text.ts', greeting['base/text.ts'].replace('hello', 'howdy'));
  utimesSync(file, atime, mtime);
  expect(statSync(file)).toMatchObject({ mtime, size });
  expect((await start('greet')).stdout).toBe('howdy');
  // Back again: the first bundle is still there.
  write('base/text.ts', greeting['base/text.ts']);
  expect((await start('greet')).stdout).toBe('hello');
  expect(bundles()).toHaveLength(2);
});

test('what is installed, the settings of the project and a new verb count as well', async () => {
  const { start, write, bundles } = project(greeting);
  await start('greet');
  write('package-lock.json', '{}');
  await start('greet');
  expect(bundles()).toHaveLength(2);
  write('package.json', '{ "type": "module", "version": "2.0.0" }');
  await start('greet');
  expect(bundles()).toHaveLength(3);
  write('scripts/later.ts', `console.log('later');`);
  expect((await start('later')).stdout).toBe('later');
});

test('files find others by their own place', async () => {
  const { start, write, folder } = project({
    'scripts/read.ts': `import '../reports/page/read.ts';`,
    'reports/page/read.ts': `
      import { readFileSync } from 'node:fs';
      import { createRequire } from 'node:module';
      console.log(readFileSync(new URL('page.txt', import.meta.url), 'utf8'), import.meta.dirname);
      console.log(createRequire(import.meta.url).resolve('zod/package.json'));`,
    'reports/page/page.txt': 'one',
  });
  await start('read');
  write('reports/page/page.txt', 'two'); // read when it runs, so no part of the bundle
  const { stdout } = await start('read');
  const [first, second] = stdout.split('\n');
  expect(first).toBe(`two ${join(folder, 'reports/page')}`);
  expect(second).toMatch(/node_modules\/zod\/package\.json$/);
});

test('stack traces name lines of the sources', async () => {
  const { start, folder } = project({
    'scripts/fail.ts': `import { fail } from '../base/fail.ts';\n\n\nfail({ times: 1 });\n`,
    'base/fail.ts': `interface Options {\n  times: number;\n}\nexport function fail(_: Options): never {\n  throw new Error('failed');\n}\n`,
  });
  const { exitCode, stderr } = await start('fail');
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${join(folder, 'base/fail.ts')}:5:9`);
  expect(stderr).toContain(`${join(folder, 'scripts/fail.ts')}:4:1`);
});

test('processes that start at the same time build no more than one bundle', async () => {
  const { start, bundles } = project(greeting);
  const all = await Promise.all(Array.from({ length: 4 }, () => said(start('greet'))));
  expect(all).toEqual(Array(4).fill({ stdout: 'hello', stderr: '', exitCode: 0 }));
  expect(bundles()).toHaveLength(1);
});

test('what killed processes leave does no harm, and is removed after an hour', async () => {
  const { folder, start, write, bundles } = project(greeting);
  const old = new Date(Date.now() - 2 * 3_600_000);
  const leftover = (name: string, time: Date) => {
    mkdirSync(join(folder, 'start/build', name), { recursive: true });
    write(`start/build/${name}/verbs.js`, 'torn');
    utimesSync(join(folder, 'start/build', name), time, time);
  };
  leftover('1.tmp', old);
  leftover('2.tmp', new Date()); // a process that is at it
  for (const name of ['a', 'b', 'c']) leftover(name, old); // bundles that nobody has used for hours
  expect((await start('greet')).stdout).toBe('hello');
  expect(bundles().filter((name) => /^\w$|tmp/.test(name))).toEqual(['2.tmp', 'a', 'b']);
});

test('a bundle has a name by what it is made of, not by the order in which files were read', async () => {
  const { folder, start, bundles } = project(greeting);
  await start('greet');
  const [built] = bundles();
  const inputs = readFileSync(join(folder, 'start/build', built, 'inputs.json'), 'utf8');
  const paths = Object.keys(JSON.parse(inputs) as object);
  expect(paths).toEqual([...paths].sort());
});

test.each<[string, (file: string) => void]>([
  ['inputs.json', rmSync],
  ['verbs.js', rmSync],
  ['processes.js', rmSync],
  ['verbs.js', (file) => truncateSync(file, 10)],
])('a bundle without a whole %s is built again', async (name, damage) => {
  const { folder, start, bundles } = project(greeting);
  await start('greet');
  const [built] = bundles();
  damage(join(folder, 'start/build', built, name));
  const whole = { stdout: 'hello', stderr: '', exitCode: 0 };
  expect(await said(start('greet'))).toEqual(whole);
  expect(bundles()).toEqual([built]);
  expect(readFileSync(join(folder, 'start/build', built, name), 'utf8').length).toBeGreaterThan(10);
  const { mtimeMs } = statSync(join(folder, 'start/build', built, 'inputs.json'));
  expect(await said(start('greet'))).toEqual(whole);
  expect(statSync(join(folder, 'start/build', built, 'inputs.json')).mtimeMs).toBe(mtimeMs);
});

test('compiled code that is damaged is compiled again', async () => {
  const { folder, start, bundles } = project(greeting);
  await start('greet');
  const [bundle] = bundles();
  const cache = () =>
    readdirSync(join(folder, 'start/build', bundle)).find((name) => name.endsWith('.cache'))!;
  const file = join(folder, 'start/build', bundle, cache());
  const whole = readFileSync(file);
  const altered = Buffer.from(whole).fill(0, whole.length / 2, whole.length / 2 + 500);
  for (const damaged of [Buffer.alloc(0), whole.subarray(0, 100), Buffer.alloc(whole.length), altered]) {
    writeFileSync(file, damaged);
    expect((await start('greet')).stdout).toBe('hello');
    expect(readFileSync(file)).not.toEqual(damaged);
  }
});

test('without a place for a bundle it says so, and starts from TypeScript', async () => {
  const { start, write } = project({ ...greeting, 'scripts/from.ts': saysFrom });
  write('start/build', 'a file');
  const { stdout, stderr, exitCode } = await start('from');
  expect({ stdout, exitCode }).toEqual({ stdout: 'TypeScript', exitCode: 0 });
  expect(stderr).toMatch(
    /^note: no bundle can be built \(.*\); this starts from TypeScript, seconds slower$/,
  );
});

test('a source that cannot be read is told as TypeScript tells it', async () => {
  const { start, write } = project(greeting);
  write('base/text.ts', 'export const text = ;\n');
  const { exitCode, stderr } = await start('greet');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/base\/text\.ts:1:\d+: ERROR: Unexpected ";"/);
});

test('modules that are loaded first may change those of the project, as plug-ins do', async () => {
  const { start, folder } = project({
    'scripts/count.ts': `import { all } from '../methods/index.ts';\nconsole.log(all.length);\n`,
    'methods/index.ts': `export const all: string[] = ['one'];\n`,
    'more.ts': `import { all } from './methods/index.ts';\nall.push('two');\n`,
  });
  const options = `--import tsx --import ${join(folder, 'more.ts')}`;
  expect((await start('count')).stdout).toBe('1');
  expect((await start('count', [], { NODE_OPTIONS: options.replace('tsx', join(folder, 'node_modules/tsx/dist/loader.mjs')) })).stdout).toBe('2'); // prettier-ignore
});

test('signals and exit codes are those of the program', async () => {
  const { start } = project({
    'scripts/leave.ts': `process.exitCode = 7;`,
    'scripts/wait.ts': `console.log('ready'); setInterval(() => {}, 1000);`,
    'scripts/listen.ts': `process.on('SIGINT', () => process.exit(130)); console.log('ready'); setInterval(() => {}, 1000);`,
  });
  expect((await start('leave')).exitCode).toBe(7);
  const signalled = async (verb: string, signal: NodeJS.Signals) => {
    const run = start(verb);
    run.stdout.once('data', () => run.kill(signal));
    return run;
  };
  expect((await signalled('wait', 'SIGTERM')).signal).toBe('SIGTERM');
  expect((await signalled('listen', 'SIGINT')).exitCode).toBe(130);
});

test('a verb that does not exist is one line', async () => {
  const { start } = project(greeting);
  for (const name of ['no-such', '../scripts/greet']) {
    const { exitCode, stderr } = await start(name);
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `start/verb.js: no verb is called ${name}` });
  }
});
