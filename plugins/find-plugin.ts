import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../base/user-error.ts';

/** The place of a plug-in on the disk. */
export interface PluginPlace {
  /** The name of its file or of its package. */
  readonly name: string;
  /** The version of its package; absent for a file. */
  readonly version?: string;
  /** The folder of its package; absent for a file. */
  readonly folder?: string;
  /** The file that is loaded. */
  readonly file: string;
}

const manifestName = 'package.json';

/**
 * The file that `--plugin ./my-method.ts`, `--plugin ./my-package` or `--plugin my-package` stands for, seen from a folder. Throws a
 * UserError if there is none.
 */
export function findPlugin(from: string, base = process.cwd()): PluginPlace {
  return isPath(from) ? atPath(from, resolve(base, from)) : ofPackage(from, base);
}

/** True for a path, false for the name of a package: `./my-method.ts`, `/x/y`, `my-method.ts`. */
export const isPath = (from: string): boolean =>
  /^\.{0,2}[/\\]|^\.{1,2}$|^[a-zA-Z]:[/\\]/.test(from) || /\.[cm]?[jt]s$/.test(from);

function atPath(from: string, path: string): PluginPlace {
  if (!existsSync(path)) throw new UserError(`--plugin ${from}: there is no such file; check the path`);
  if (!statSync(path).isDirectory()) return { name: basename(path), file: path };
  if (existsSync(join(path, manifestName))) return inFolder(from, path);
  throw new UserError(
    `--plugin ${from}: a folder without ${manifestName}; name the file that exports the methods`,
  );
}

function ofPackage(from: string, base: string): PluginPlace {
  if (!/^(@[\w.-]+\/)?[\w.-]+$/.test(from))
    throw new UserError(`--plugin ${from}: neither a path (./file.ts) nor the name of a package`);
  for (let folder = resolve(base); ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', from);
    if (existsSync(join(found, manifestName))) return inFolder(from, found);
    if (folder === dirname(folder)) break;
  }
  const advice = existsSync(resolve(base, from)) ? `a file is ./${from}` : `npm install ${from}`;
  throw new UserError(`--plugin ${from}: no package of this name is installed here; ${advice}`);
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly main?: string;
  readonly exports?: unknown;
}

function inFolder(from: string, folder: string): PluginPlace {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, manifestName), 'utf8')) as Manifest;
  } catch (error) {
    throw new UserError(`--plugin ${from}: ${manifestName} is damaged: ${(error as Error).message}`);
  }
  const { name = basename(folder), version } = manifest;
  const entry = entryOf(manifest);
  if (entry === undefined || !existsSync(join(folder, entry)))
    throw new UserError(
      `--plugin ${from}: its ${manifestName} names no file to import${entry === undefined ? '' : ` (${entry} is missing)`}; set "exports"`,
    );
  return { name, ...(version !== undefined && { version }), folder, file: join(folder, entry) };
}

/** The path of a package's main module, seen from its folder, as Node finds it for an import; undefined if there is none. */
function entryOf({ exports, main }: Manifest): string | undefined {
  if (exports === undefined || exports === null) return main ?? 'index.js';
  const isMap = typeof exports === 'object' && '.' in exports;
  return targetOf(isMap ? (exports as Record<string, unknown>)['.'] : exports);
}

const conditions = ['node', 'import', 'module-sync', 'default'];

function targetOf(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  if (typeof exported !== 'object' || exported === null) return undefined;
  const chosen = Object.entries(exported).filter(([condition]) => conditions.includes(condition));
  return chosen.map(([, target]) => targetOf(target)).find((target) => target !== undefined);
}
