import { hash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../base/project-root.ts';
import { UserError } from '../base/user-error.ts';

/** start/run-program.js sets it. */
const runsFrom = Symbol.for('embed-bench.bundle');

/** The folder of the bundle that this process runs from; undefined if it runs TypeScript. */
export const bundleInUse = (): string | undefined => (globalThis as { [runsFrom]?: string })[runsFrom];

/** Digests of the files that the bundle was made of, read before anybody may remove it. */
const madeOf = inputsOf(bundleInUse());

/**
 * Node's arguments that run a program of the project, `suites/running/worker.ts`, in a process of its own: from the bundle that
 * this process runs from, so that all runs of a comparison are of one state of the code; as TypeScript if this process runs that.
 * Throws a UserError if the bundle was removed, and the sources are others by now.
 */
export function processArguments(program: string): [options: string[], file: string, args: string[]] {
  const folder = bundleInUse();
  // Who removes the folder of a bundle in use does no harm: TypeScript of the same sources is slower, that is all.
  if (folder !== undefined && existsSync(folder))
    return [[], join(projectRoot, 'start/process.js'), [folder, program]];
  const edited = Object.keys(madeOf).find((path) => digestOf(path) !== madeOf[path]);
  if (folder !== undefined && edited !== undefined)
    throw new UserError(
      `start/build was removed and ${edited} edited while this command runs, so that its next processes would run other code: start it again`,
    );
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  return [['--import', loader.href], join(projectRoot, program), []];
}

function inputsOf(folder: string | undefined): Readonly<Record<string, string>> {
  if (folder === undefined) return {};
  try {
    return JSON.parse(readFileSync(join(folder, 'inputs.json'), 'utf8')) as Record<string, string>;
  } catch {
    return {}; // it is gone already
  }
}

function digestOf(path: string): string {
  try {
    return hash('sha256', readFileSync(join(projectRoot, path)));
  } catch {
    return ''; // as start/bundle.js has it
  }
}
