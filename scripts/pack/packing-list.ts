import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { UserError } from '../../base/user-error.ts';
import { bundleInUse } from '../../suites/process-arguments.ts';

/** The programs that run from the archive: verbs that need no compiler, and the processes that they start. */
const programs = [
  ...[
    ...['bench', 'bench-gpu', 'data', 'report', 'compare', 'table', 'site', 'doctor', 'list'],
    ...['submit', 'status', 'merge', 'resubmit', 'work'], // of plans, on a cluster
  ].map((verb) => `scripts/${verb}.ts`),
  ...['running', 'stages', 'throughput', 'cluster'].map((room) => `suites/${room}/worker.ts`),
];

/** Tracked files that the programs read or are made of, and the licence. */
const texts = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'LICENSE',
  'README.md',
  'METHODOLOGY.md',
  'CHANGELOG.md',
];

/** Packages that are found at run time, with all that they depend on. */
const wholePackages = ['tsx', 'node-api-headers'];

/** Files that packages load by paths they compute. */
const loadedByPath = [
  'node_modules/webgpu/dist/linux-x64',
  // Our bundle looks in one of these folders, and TypeScript in the other.
  ...['dist', 'wasm-out'].flatMap((folder) =>
    ['', '-simd', '-threaded-simd'].map(
      (kind) => `node_modules/@tensorflow/tfjs-backend-wasm/${folder}/tfjs-backend-wasm${kind}.wasm`,
    ),
  ),
  'backends/native/build',
  'node_modules/@embed-bench', // prebuilt add-ons
  'node_modules/.package-lock.json', // part of the name of the bundle
];

/** Files and folders, relative to the project's, that it needs to run on Linux x64; nothing that only tests need. */
export async function packingList(root: string): Promise<string[]> {
  const code =
    /^(analysis|backends|base|datasets|files|harness|methods|plugins|reports|results|scripts|serving|start|suites|tensors)\//;
  const { stdout } = await execa('git', ['ls-files'], { cwd: root });
  const tracked = stdout.split('\n').filter((file) => code.test(file) || texts.includes(file));
  const traced = await importedFiles(root);
  const manifests = traced.map(manifestOf);
  const whole = wholePackages.flatMap((name) => withDependencies(root, name));
  const byPath = loadedByPath.filter((path) => existsSync(join(root, path)));
  // The bundle that packs is of these sources. Code that V8 compiled comes with it, for the Node.js that is packed.
  const bundle = bundleInUse();
  if (bundle !== undefined) byPath.push(relative(root, bundle));
  return [...new Set([...tracked, ...traced, ...manifests, ...whole, ...byPath])]
    .filter((path) => existsSync(join(root, path))) // deleted and not yet committed
    .sort();
}

/** The files of packages that the programs import, found by a bundler that resolves as Node does. */
async function importedFiles(root: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: programs.map((program) => join(root, program)),
    absWorkingDir: root,
    outdir: 'never-written',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    conditions: ['node'], // without bundlers' own `module`
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).filter((file) => file.startsWith('node_modules/'));
}

/** package.json decides how Node reads a package's files. */
function manifestOf(file: string): string {
  const [, folder] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)!;
  return `${folder}/package.json`;
}

/** The folders of a package and of its dependencies, if installed: the others are for other systems. */
function withDependencies(root: string, name: string, known = new Set<string>()): string[] {
  const folder = `node_modules/${name}`;
  if (known.has(name) || !existsSync(join(root, folder))) return [];
  known.add(name);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(root, folder, 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'optionalDependencies', Record<string, string> | undefined>;
  const needed = Object.keys({ ...dependencies, ...optionalDependencies });
  return [folder, ...needed.flatMap((other) => withDependencies(root, other, known))];
}

/** Vulkan's loader, which a machine with a card may lack; undefined if this machine lacks it too. */
export function vulkanLoader(): string | undefined {
  return ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib']
    .map((folder) => `${folder}/libvulkan.so.1`)
    .find((file) => existsSync(file) && statSync(file).isFile());
}

/** Throws a UserError if an archive made here would not run on Linux x64. */
export function requireLinuxX64(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new UserError(
      `pack is for Linux on x64, and packs what is installed: this is ${process.platform} on ${process.arch}`,
    );
}
