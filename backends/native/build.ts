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
import { importLibrary } from './import-library.ts';
import { rulesInCpp } from './optimizer-rules.ts';
import { prebuiltFile, prebuiltFolders } from './prebuilt.ts';
import {
  compilerFlags,
  instructionSets,
  linkerFlags,
  portableFlags,
  sanitizerFlag,
  type Sanitizer,
  type Target,
} from './target.ts';

export { sanitizers, type Sanitizer } from './target.ts';

/** Builds the add-on with the machine's C++ compiler alone. */

const folder = fileURLToPath(new URL('.', import.meta.url));
const source = join(folder, 'source');
const buildFolder = join(folder, 'build');

/** This kind of machine. The C library makes no difference to names: no build is taken to a machine with another. */
const here = (): Target => ({ platform: process.platform, arch: process.arch });

/**
 * The path of the built add-on. Its name has a hash of its sources and of the kind of machine, so that an outdated add-on is
 * never loaded, and a hash of the optimizer rules that it knows.
 */
export function addonFile(sanitizer?: Sanitizer, folder = buildFolder, target = here()): string {
  return join(folder, `${flavour(sanitizer)}${fingerprintOf(target, sanitizer)}-${rulesFingerprint()}.node`);
}

/**
 * The add-on to load: the one that was built here, or a prebuilt one, of these sources and rules; else one of the same sources that
 * was built for other rules. It says by itself which rules it knows (missing-rules.ts). Undefined if there is none.
 */
export function usableAddon(
  sanitizer?: Sanitizer,
  folder = buildFolder,
  prebuilt = sanitizer === undefined ? prebuiltFolders() : [],
): string | undefined {
  const file = addonFile(sanitizer, folder);
  if (existsSync(file)) return file;
  const found = prebuiltFile(basename(file), prebuilt);
  if (found !== undefined) return found;
  const start = `${flavour(sanitizer)}${fingerprintOf(here(), sanitizer)}-`;
  const others = [folder, ...prebuilt].flatMap((place) => outdated(sanitizer, place));
  return others.find((other) => basename(other).startsWith(start));
}

/** True if there is an add-on that was made from other sources, or for another kind of machine. */
export function hasOutdated(sanitizer?: Sanitizer, folder = buildFolder): boolean {
  return [folder, ...prebuiltFolders()].some((place) => outdated(sanitizer, place).length > 0);
}

/** True if a package has the add-on of these sources and rules: nothing has to be built. */
export function isPrebuilt(): boolean {
  return prebuiltFile(basename(addonFile()), prebuiltFolders()) !== undefined;
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
  /** Another kind of machine, which the compiler in CXX compiles for. The add-on then runs on all such machines. */
  readonly target?: Target;
}

/** Builds what is not there yet. Never throws for what the machine lacks. */
export async function build(options: BuildOptions = {}): Promise<Built> {
  const { sanitizer, force, folder = buildFolder, target } = options;
  if (process.platform === 'win32')
    return { type: 'impossible', reason: 'add-ons for Windows are built on Linux (docs/backends.md)' };
  const file = addonFile(sanitizer, folder, target);
  if (existsSync(file) && !force) return { type: 'up-to-date', file };
  const compiler = await findCompiler();
  if (compiler === undefined) return { type: 'impossible', reason: noCompiler() };

  const start = performance.now();
  let objects: string | undefined;
  try {
    makeFolder(folder);
    objects = mkdtempSync(join(folder, 'objects-'));
    const linked = await compileAll(compiler, objects, sanitizer, target);
    if (addonFile(sanitizer, folder, target) !== file)
      throw new Error('the sources changed meanwhile: repeat it');
    renameSync(linked, file); // whole or not at all: another process may be loading it, or building it too
    for (const old of outdated(sanitizer, folder, target)) rmSync(old, { force: true });
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
  const own = units(here()).filter(({ input }) => !needsNode(input));
  const all = [{ name: 'main', input: main, flags: [] }, ...own];
  await compileUnits(compiler, objects, compilerFlags(here(), sanitizer), all);
  const outputs = all.map(({ name }) => join(objects, `${name}.o`));
  await compile(compiler, [...outputs, '-o', program, '-pthread', sanitizerFlag(sanitizer)]);
}

/** Files that speak to JavaScript. */
const needsNode = (input: string) =>
  /^(addon|arguments|strided-iterator|bind-.*)\.cpp$/.test(basename(input));

/** Links the objects into one file. */
async function compileAll(
  compiler: Compiler,
  objects: string,
  sanitizer: Sanitizer | undefined,
  target: Target | undefined,
): Promise<string> {
  const machine = target ?? here();
  const all = units(machine);
  await compileUnits(compiler, objects, compilerFlags(machine, sanitizer), all);
  const linked = join(objects, 'linked.node');
  const outputs = all.map(({ name }) => join(objects, `${name}.o`));
  const node = machine.platform === 'win32' ? [await importLibrary(objects)] : [];
  const flags = [...linkerFlags(machine, sanitizer), ...(target === undefined ? [] : portableFlags(target))];
  await compile(compiler, [...outputs, ...node, '-o', linked, ...flags]);
  return linked;
}

/** Compiles as many at a time as there are processors: a compiler takes hundreds of megabytes. */
async function compileUnits(
  compiler: Compiler,
  objects: string,
  common: readonly string[],
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
        `-I${nodeHeaders()}`,
        `-I${made}`,
        `-I${source}`,
        ...common,
        ...flags,
      ]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
}

function flavour(sanitizer: Sanitizer | undefined): string {
  return `${sanitizer ?? 'release'}-`;
}

function outdated(sanitizer: Sanitizer | undefined, folder: string, target?: Target): string[] {
  if (!existsSync(folder)) return [];
  const current = addonFile(sanitizer, folder, target);
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
function units(target: Target): Unit[] {
  const files = readdirSync(source).filter((name) => name.endsWith('.cpp'));
  const once = files
    .filter((name) => name !== 'kernels.cpp')
    // A table must start with the same bits everywhere: no fused rounding there.
    .map((name) => ({ name, input: join(source, name), flags: ['-ffp-contract=off'] }));
  return [
    ...once,
    ...instructionSets(target).map(([name, flags]) => ({
      name: `kernels-${name}`,
      input: join(source, 'kernels.cpp'),
      flags: ['-ffp-contract=fast', ...flags],
    })),
  ];
}

function fingerprintOf(target: Target, sanitizer: Sanitizer | undefined): string {
  const hash = createHash('sha256');
  const { platform, arch } = target;
  const flags = [compilerFlags(target, sanitizer), linkerFlags(target, sanitizer), instructionSets(target)];
  hash.update(JSON.stringify([...flags, platform, arch]));
  for (const name of readdirSync(source).sort()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest('hex').slice(0, 16);
}

function rulesFingerprint(): string {
  const hash = createHash('sha256');
  for (const [name, text] of Object.entries(madeHeaders())) hash.update(name).update(text);
  return hash.digest('hex').slice(0, 8);
}
