import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../base/project-root.ts';
import { UserError } from '../base/user-error.ts';
import { compiledModule, findCompiler } from './compiled-module.ts';
import type { PluginPlace } from './find-plugin.ts';
import { shareModules } from './shared-modules.ts';

const isTypeScript = (file: string) => /\.[cm]?ts$/.test(file);

/** True if this Node runs TypeScript by itself, by leaving its types out: 22.18 and later. */
const readsTypeScript = Boolean((process.features as { typescript?: unknown }).typescript);

/**
 * The exports of a plug-in's module. JavaScript is imported by Node, and so is TypeScript by a Node that reads it; on other versions
 * esbuild translates it, where it is installed. Throws a UserError that says what is wrong and where.
 */
export async function loadModule({ file }: PluginPlace, from: string): Promise<Record<string, unknown>> {
  const modules = await shareModules();
  const compiler = isTypeScript(file) && !readsTypeScript ? findCompiler(file) : undefined;
  if (isTypeScript(file) && !readsTypeScript && compiler === undefined)
    throw new UserError(
      `--plugin ${from}: Node ${process.versions.node} reads no TypeScript; take Node 22.18 or later, run npm install esbuild beside the plug-in, or give JavaScript`,
    );
  try {
    const loading =
      compiler === undefined
        ? importModule(pathToFileURL(file).href)
        : compiledModule(file, compiler, modules);
    return await orNever(loading);
  } catch (error) {
    throw new UserError(`--plugin ${from}: it cannot be loaded: ${reasonOf(error, dirname(file))}`);
  }
}

/** The same promise; rejected if the process has nothing left to do while it waits, as where a module awaits what never comes. */
async function orNever<T>(loading: Promise<T>): Promise<T> {
  let giveUp = () => {};
  const never = new Promise<never>((_, reject) => {
    giveUp = () => reject(new Error('it awaits something that never comes'));
  });
  process.once('beforeExit', giveUp);
  try {
    return await Promise.race([loading, never]);
  } finally {
    process.removeListener('beforeExit', giveUp);
  }
}

/** A file of its own: bundles and tests have an `import()` that is not Node's. */
const importModule = createRequire(import.meta.url)(join(projectRoot, 'start/import-module.cjs')) as (
  url: string,
) => Promise<Record<string, unknown>>;

/** The first line of an error, with the line of the plug-in that it comes from. */
function reasonOf(error: unknown, folder: string): string {
  if (!(error instanceof Error)) return String(error);
  // esbuild says in the second line what it found.
  const lines = error.message.split('\n');
  const [message] = /^Build failed/.test(lines[0]) ? lines.slice(1) : lines;
  const stack = error.stack ?? '';
  const [, path, line] = /(?:file:\/\/)?(\/[^\s()]+?|[A-Z]:[\\/][^\s()]+?):(\d+)(?::\d+)?/.exec(stack) ?? [];
  if (path === undefined || !path.startsWith(folder)) return message;
  return `${message} (${relative(folder, path)}:${line})`;
}
