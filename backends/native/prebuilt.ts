import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { packageOf, prebuiltTargets, thisMachine, type Target } from './target.ts';

/** Folders of installed packages with an add-on for this kind of machine, the one for its C library first. */
export function prebuiltFolders(from = import.meta.url): string[] {
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
