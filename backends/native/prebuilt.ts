import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageOf, prebuiltTargets, thisMachine, type Target } from './target.ts';

/** Folders of installed packages with an add-on for this kind of machine, as it was packed. */
export function prebuiltFolders(from = import.meta.url): string[] {
  return installedFolders(from).filter(isAsPacked);
}

/** Folders of such packages whose add-on is another one than was packed: loading it might end the process, or compute anything. */
export function damagedFolders(from = import.meta.url): string[] {
  return installedFolders(from).filter((folder) => !isAsPacked(folder));
}

/** The member of a package's manifest that has the digest of its add-on. */
export const packedAs = (file: string) => ({ addonSha256: sha256(file) });

function isAsPacked(folder: string): boolean {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      addonSha256?: string;
    };
    const addons = readdirSync(folder).filter((name) => name.endsWith('.node'));
    return addons.length > 0 && addons.every((name) => sha256(join(folder, name)) === manifest.addonSha256);
  } catch {
    return false;
  }
}

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function installedFolders(from: string): string[] {
  const { resolve } = createRequire(from);
  const folderOf = (target: Target) => {
    try {
      return [dirname(resolve(`${packageOf(target)}/package.json`))];
    } catch {
      return []; // not installed
    }
  };
  const { platform, arch } = process;
  const fitting = prebuiltTargets.filter((target) => target.platform === platform && target.arch === arch);
  const installed = fitting.flatMap((target) => folderOf(target).map((folder) => ({ folder, target })));
  // npm installs one. Who copies node_modules to another system may have both, and one is the wrong one.
  const libc = installed.length > 1 ? thisMachine().libc : undefined;
  return installed
    .filter(({ target }) => libc === undefined || target.libc === libc)
    .map(({ folder }) => folder);
}

/** The package's add-on of this name, if it has it: it was built from the same sources. */
export function prebuiltFile(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
