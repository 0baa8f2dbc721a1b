import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../base/project-root.ts';

/** start/run-program.js sets it. */
const runsFrom = Symbol.for('embed-bench.bundle');

/** The folder of the bundle that this process runs from; undefined if it runs TypeScript. */
export const bundleInUse = (): string | undefined => (globalThis as { [runsFrom]?: string })[runsFrom];

/**
 * Node's arguments that run a program of the project, `suites/running/worker.ts`, in a process of its own: from the bundle that
 * this process runs from, so that all runs of a comparison are of one state of the code; as TypeScript if this process runs that.
 */
export function processArguments(program: string): [options: string[], file: string, args: string[]] {
  const folder = bundleInUse();
  // Who removes the folder of a bundle in use does no harm: TypeScript is slower, that is all.
  if (folder !== undefined && existsSync(folder))
    return [[], join(projectRoot, 'start/process.js'), [folder, program]];
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  return [['--import', loader.href], join(projectRoot, program), []];
}
