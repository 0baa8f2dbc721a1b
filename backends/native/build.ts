import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/**
 * Builds the add-on with the machine's C++ compiler alone. node-gyp would want Python and a download of Node's headers;
 * Node-API's few come with node-api-headers from npm.
 */

const folder = fileURLToPath(new URL('.', import.meta.url));
const source = join(folder, 'source');
const headers = join(
  dirname(createRequire(import.meta.url).resolve('node-api-headers/package.json')),
  'include',
);

export const sanitizers = ['address', 'undefined', 'thread'] as const;
export type Sanitizer = (typeof sanitizers)[number];

/** Where the add-on lies once it is built. */
export function addonFile(sanitizer?: Sanitizer): string {
  return join(folder, 'build', `${sanitizer ?? 'release'}.node`);
}

export type Built =
  | { readonly type: 'built'; readonly compiler: string; readonly seconds: number }
  | { readonly type: 'up-to-date' }
  | { readonly type: 'impossible'; readonly reason: string };

/** Builds what is not there yet, or was made from other sources. Never throws for what the machine lacks. */
export async function build(options: { sanitizer?: Sanitizer; force?: boolean } = {}): Promise<Built> {
  if (process.platform === 'win32')
    return { type: 'impossible', reason: 'the native backend is written for Linux and macOS' };
  const { sanitizer } = options;
  const file = addonFile(sanitizer);
  const stamp = `${file}.sources`;
  const fingerprint = fingerprintOf(sanitizer);
  const upToDate = existsSync(file) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
  if (upToDate && options.force !== true) return { type: 'up-to-date' };

  const compiler = await findCompiler();
  if (compiler === undefined)
    return {
      type: 'impossible',
      reason: 'no C++ compiler (c++, g++ or clang++; Debian: apt-get install g++)',
    };
  const start = performance.now();
  mkdirSync(dirname(file), { recursive: true });
  const objects = mkdtempSync(join(folder, 'build', 'objects-'));
  try {
    const outputs = await Promise.all(
      units().map(async ({ name, input, flags }) => {
        const output = join(objects, `${name}.o`);
        await compile(compiler, ['-c', input, '-o', output, ...commonFlags(sanitizer), ...flags]);
        return output;
      }),
    );
    const linked = join(objects, 'linked.node');
    await compile(compiler, [...outputs, '-o', linked, ...linkFlags(sanitizer)]);
    renameSync(linked, file); // whole or not at all: another process may be loading it
    writeFileSync(stamp, fingerprint);
  } catch (error) {
    return { type: 'impossible', reason: (error as Error).message };
  } finally {
    rmSync(objects, { recursive: true, force: true });
  }
  return { type: 'built', compiler, seconds: (performance.now() - start) / 1000 };
}

interface Unit {
  readonly name: string;
  readonly input: string;
  readonly flags: readonly string[];
}

/** Every .cpp once, but kernels.cpp once for each instruction set of the processor's family. */
function units(): Unit[] {
  const files = readdirSync(source).filter((name) => name.endsWith('.cpp'));
  const once = files
    .filter((name) => name !== 'kernels.cpp')
    // A table must start with the same bits everywhere: no fused rounding there.
    .map((name) => ({ name, input: join(source, name), flags: ['-ffp-contract=off'] }));
  return [
    ...once,
    ...instructionSets().map(([name, flags]) => ({
      name: `kernels-${name}`,
      input: join(source, 'kernels.cpp'),
      flags: ['-ffp-contract=fast', ...flags],
    })),
  ];
}

function instructionSets(): [name: string, flags: readonly string[]][] {
  const baseline: [string, string[]] = ['baseline', []];
  if (process.arch !== 'x64') return [baseline];
  const avx2 = ['-mavx2', '-mfma', '-DEMBED_AVX2'];
  const wide = ['-mavx512f', '-mavx512vl', '-mavx512bw', '-mavx512dq', '-mfma', '-mprefer-vector-width=512'];
  return [baseline, ['avx2', avx2], ['avx512', [...wide, '-DEMBED_AVX512']]];
}

function commonFlags(sanitizer: Sanitizer | undefined): string[] {
  return [
    '-std=c++17',
    '-fPIC',
    '-fvisibility=hidden',
    '-pthread',
    // Comparisons with NaN and errno are not looked at; everything else of IEEE arithmetic is kept.
    '-fno-math-errno',
    '-fno-trapping-math',
    '-Wall',
    '-Wextra',
    `-I${headers}`,
    ...(sanitizer === undefined
      ? ['-O3', '-DNDEBUG']
      : ['-O1', '-g', '-fno-omit-frame-pointer', `-fsanitize=${sanitizer}`, '-fno-sanitize-recover=all']),
  ];
}

function linkFlags(sanitizer: Sanitizer | undefined): string[] {
  return [
    ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    '-pthread',
    ...(sanitizer === undefined ? [] : [`-fsanitize=${sanitizer}`]),
  ];
}

async function findCompiler(): Promise<string | undefined> {
  const candidates = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  for (const candidate of candidates)
    if (!(await execa(candidate, ['--version'], { reject: false })).failed) return candidate;
  return undefined;
}

async function compile(compiler: string, args: readonly string[]): Promise<void> {
  const { failed, stderr } = await execa(compiler, args, { reject: false });
  if (failed) throw new Error(`${compiler} failed: ${stderr.split('\n').slice(0, 3).join(' ')}`);
}

function fingerprintOf(sanitizer: Sanitizer | undefined): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([commonFlags(sanitizer), linkFlags(sanitizer), instructionSets(), process.arch]),
  );
  for (const name of readdirSync(source).sort()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest('hex');
}
