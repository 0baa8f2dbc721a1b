import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../files/folders.ts';
import { optimizerRules, updateRules } from '../../harness/rules/index.ts';
import { compile, type Compiler, findCompiler, noCompiler, nodeHeaders } from '../compiler.ts';
import { rulesInCpp } from './optimizer-rules.ts';

/** Builds the add-on with the machine's C++ compiler alone. */

const folder = fileURLToPath(new URL('.', import.meta.url));
const source = join(folder, 'source');
const buildFolder = join(folder, 'build');

/** Builds for the compiler's sanitizers. One watches memory and undefined behaviour at once, the other threads. */
export const sanitizers = ['address', 'thread'] as const;
export type Sanitizer = (typeof sanitizers)[number];

const watched: Record<Sanitizer, string> = { address: 'address,undefined', thread: 'thread' };

/**
 * The path of the built add-on. Its name has a hash of its sources and of the kind of machine, so that an outdated add-on is
 * never loaded, and a hash of the optimizer rules that it knows.
 */
export function addonFile(sanitizer?: Sanitizer, folder = buildFolder): string {
  return join(folder, `${flavour(sanitizer)}${fingerprintOf(sanitizer)}-${rulesFingerprint()}.node`);
}

/**
 * The add-on to load: the built one, or one of the same sources that was built for other rules. It says by itself which rules it knows
 * (missing-rules.ts). Undefined if there is none.
 */
export function usableAddon(sanitizer?: Sanitizer, folder = buildFolder): string | undefined {
  const file = addonFile(sanitizer, folder);
  if (existsSync(file)) return file;
  const start = `${flavour(sanitizer)}${fingerprintOf(sanitizer)}-`;
  return outdated(sanitizer, folder).find((other) => basename(other).startsWith(start));
}

/** True if there is an add-on that was made from other sources, or for another kind of machine. */
export function hasOutdated(sanitizer?: Sanitizer, folder = buildFolder): boolean {
  return outdated(sanitizer, folder).length > 0;
}

export type Built =
  | { readonly type: 'built'; readonly compiler: string; readonly seconds: number; readonly file: string }
  | { readonly type: 'up-to-date'; readonly file: string }
  | { readonly type: 'impossible'; readonly reason: string };

export interface BuildOptions {
  readonly sanitizer?: Sanitizer;
  /** Even if nothing changed. */
  readonly force?: boolean;
  readonly folder?: string;
}

/** Builds what is not there yet. Never throws for what the machine lacks. */
export async function build({ sanitizer, force, folder = buildFolder }: BuildOptions = {}): Promise<Built> {
  if (process.platform === 'win32')
    return { type: 'impossible', reason: 'the native backend is written for Linux and macOS' };
  const file = addonFile(sanitizer, folder);
  if (existsSync(file) && !force) return { type: 'up-to-date', file };
  const compiler = await findCompiler();
  if (compiler === undefined) return { type: 'impossible', reason: noCompiler() };

  const start = performance.now();
  let objects: string | undefined;
  try {
    makeFolder(folder);
    objects = mkdtempSync(join(folder, 'objects-'));
    const linked = await compileAll(compiler, objects, sanitizer);
    if (addonFile(sanitizer, folder) !== file) throw new Error('the sources changed meanwhile: repeat it');
    renameSync(linked, file); // whole or not at all: another process may be loading it, or building it too
    for (const old of outdated(sanitizer, folder)) rmSync(old, { force: true });
  } catch (error) {
    return { type: 'impossible', reason: (error as Error).message };
  } finally {
    if (objects !== undefined) rmSync(objects, { recursive: true, force: true });
  }
  return { type: 'built', compiler: compiler.join(' '), seconds: (performance.now() - start) / 1000, file };
}

/** A program of the add-on's sources, without those that need Node, and of `main`: for a sanitizer that Node cannot load. */
export async function compileProgram(main: string, program: string, sanitizer: Sanitizer): Promise<void> {
  const compiler = await findCompiler();
  if (compiler === undefined) throw new Error(noCompiler());
  const objects = mkdtempSync(`${program}-objects-`);
  const all = [{ name: 'main', input: main, flags: [] }, ...units().filter(({ input }) => !needsNode(input))];
  await compileUnits(compiler, objects, sanitizer, all);
  const outputs = all.map(({ name }) => join(objects, `${name}.o`));
  await compile(compiler, [...outputs, '-o', program, '-pthread', `-fsanitize=${watched[sanitizer]}`]);
}

/** Files that speak to JavaScript. */
const needsNode = (input: string) =>
  /^(addon|arguments|strided-iterator|bind-.*)\.cpp$/.test(basename(input));

/** Links the objects into one file. */
async function compileAll(
  compiler: Compiler,
  objects: string,
  sanitizer: Sanitizer | undefined,
): Promise<string> {
  const all = units();
  await compileUnits(compiler, objects, sanitizer, all);
  const linked = join(objects, 'linked.node');
  const outputs = all.map(({ name }) => join(objects, `${name}.o`));
  await compile(compiler, [...outputs, '-o', linked, ...linkFlags(sanitizer)]);
  return linked;
}

/** Compiles as many at a time as there are processors: a compiler takes hundreds of megabytes. */
async function compileUnits(
  compiler: Compiler,
  objects: string,
  sanitizer: Sanitizer | undefined,
  all: readonly Unit[],
): Promise<void> {
  const made = join(objects, 'made');
  makeFolder(made);
  for (const [name, text] of Object.entries(madeHeaders())) writeFileSync(join(made, name), text);
  const waiting = [...all];
  const lane = async () => {
    for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
      const { name, input, flags } = unit;
      const output = join(objects, `${name}.o`);
      await compile(compiler, [
        '-c',
        input,
        '-o',
        output,
        `-I${nodeHeaders}`,
        `-I${made}`,
        `-I${source}`,
        ...commonFlags(sanitizer),
        ...flags,
      ]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

function flavour(sanitizer: Sanitizer | undefined): string {
  return `${sanitizer ?? 'release'}-`;
}

function outdated(sanitizer: Sanitizer | undefined, folder: string): string[] {
  if (!existsSync(folder)) return [];
  const current = addonFile(sanitizer, folder);
  return readdirSync(folder)
    .filter((name) => name.startsWith(flavour(sanitizer)) && name.endsWith('.node'))
    .map((name) => join(folder, name))
    .filter((file) => file !== current);
}

interface Unit {
  readonly name: string;
  readonly input: string;
  readonly flags: readonly string[];
}

/** Headers that are not in source/: C++ made of what is declared once for all backends. */
const madeHeaders = () => rulesInCpp(optimizerRules.map((name) => updateRules[name]));

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
    ...(sanitizer === undefined
      ? ['-O3', '-DNDEBUG']
      : [
          '-O1',
          '-g',
          '-fno-omit-frame-pointer',
          `-fsanitize=${watched[sanitizer]}`,
          '-fno-sanitize-recover=all',
        ]),
  ];
}

function linkFlags(sanitizer: Sanitizer | undefined): string[] {
  return [
    ...(process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared']),
    '-pthread',
    ...(sanitizer === undefined ? [] : [`-fsanitize=${watched[sanitizer]}`]),
  ];
}

function fingerprintOf(sanitizer: Sanitizer | undefined): string {
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify([
      commonFlags(sanitizer),
      linkFlags(sanitizer),
      instructionSets(),
      process.platform,
      process.arch,
    ]),
  );
  for (const name of readdirSync(source).sort()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest('hex').slice(0, 16);
}

function rulesFingerprint(): string {
  const hash = createHash('sha256');
  for (const [name, text] of Object.entries(madeHeaders())) hash.update(name).update(text);
  return hash.digest('hex').slice(0, 8);
}
