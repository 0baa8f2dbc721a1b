import { projectRoot } from '../base/project-root.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { findCompiler, noCompiler } from '../backends/compiler.ts';
import { build, compileProgram, sanitizers } from '../backends/native/build.ts';
import { writing } from '../files/disk-fault.ts';
import { UserError } from '../base/user-error.ts';
import { main } from './terminal/main.ts';
import { print } from './terminal/printed.ts';
import { verb } from './options/verb.ts';

const command = verb('test:sanitized', '[sanitizers]')
  .description(
    "Runs the native backend's tests under the compiler's sanitizers: address with undefined behaviour, and threads.",
  )
  .argument('[sanitizers...]', 'of address (with undefined behaviour) and thread; all where none is given')
  .option('--build-only', 'build the add-on for address, which a later call finds, and test nothing')
  .addHelpText(
    'after',
    '\nAddress loads into Node. Thread does not: it would have to watch all of Node, so a program without\n' +
      'Node (test/backends/native/races.cpp) drives the pool, the products and the tables from several threads.',
  );

const root = projectRoot;

/** Environment variables for a process that loads a sanitized add-on. */
const settings = {
  // Node frees little at its end, so a leak check would report Node's memory; the memory test looks for ours.
  // Tests ask for 2^50 bytes: the allocator must return null, as it does without a sanitizer.
  ASAN_OPTIONS: 'detect_leaks=0:allocator_may_return_null=1:halt_on_error=1',
  UBSAN_OPTIONS: 'print_stacktrace=1:halt_on_error=1',
};

/** The sanitizer's library, which must be loaded before all others. */
async function runtimes(compiler: readonly string[]): Promise<string> {
  return (await Promise.all(['libasan.so', 'libubsan.so'].map((name) => library(compiler, name)))).join(':');
}

async function library(compiler: readonly string[], name: string): Promise<string> {
  const [program, ...args] = compiler;
  const { stdout } = await execa(program, [...args, `-print-file-name=${name}`]);
  if (dirname(stdout) === '.')
    throw new UserError(`${compiler.join(' ')} comes without ${name}: install its sanitizers`);
  return stdout;
}

/** Builds the add-on for Node unless it is there. */
async function buildForAddresses(): Promise<void> {
  const built = await build({ sanitizer: 'address' });
  if (built.type === 'impossible') throw new UserError(`address: ${built.reason}`);
}

async function addresses(compiler: readonly string[]): Promise<boolean> {
  await buildForAddresses();
  const tests = ['test/backends/native', '--exclude', '**/build.test.ts'];
  const { failed } = await execa('node', ['node_modules/vitest/vitest.mjs', 'run', ...tests], {
    cwd: root,
    stdio: 'inherit',
    reject: false,
    env: {
      ...settings,
      LD_PRELOAD: await runtimes(compiler),
      EMBED_BENCH_SANITIZER: 'address',
    },
  });
  return !failed;
}

async function races(): Promise<boolean> {
  const folder = writing(tmpdir(), () => mkdtempSync(join(tmpdir(), 'races-')));
  try {
    const program = join(folder, 'races');
    await compileProgram(join(root, 'test/backends/native/races.cpp'), program, 'thread');
    const env = { TSAN_OPTIONS: 'halt_on_error=1' };
    return !(await execa(program, { stdio: 'inherit', reject: false, env })).failed;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const ended = main(async () => {
  const asked = command.parse().args;
  const unknown = asked.find((name) => !(sanitizers as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new UserError(`there is no sanitizer ${unknown}: there are ${sanitizers.join(', ')}`);
  if (process.platform !== 'linux')
    throw new UserError('sanitizers are loaded into Node as Linux does it: run this there');
  const compiler = await findCompiler();
  if (compiler === undefined) throw new UserError(noCompiler());
  if (command.opts<{ buildOnly?: true }>().buildOnly) {
    await buildForAddresses();
    return 0;
  }
  const results: string[] = [];
  for (const name of sanitizers) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const passed = name === 'thread' ? await races() : await addresses(compiler);
    results.push(`${name} sanitizer: ${passed ? 'passed' : 'FAILED'}`);
  }
  print(results.join('\n'));
  return results.some((line) => line.endsWith('FAILED')) ? 1 : 0;
});
