import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileFunction } from 'node:vm';
import type * as Esbuild from 'esbuild';
import { projectRoot } from '../base/project-root.ts';

/** The words in one piece would be replaced here, too, where this file is bundled (start/one-file.js). */
const ownUrl = ['import', 'meta', 'url'].join('.');

/** esbuild beside the plug-in, in the working directory or beside this project; undefined if it is nowhere. */
export function findCompiler(file: string): typeof Esbuild | undefined {
  for (const place of [file, join(process.cwd(), 'any.js'), join(projectRoot, 'any.js')])
    try {
      return createRequire(place)('esbuild') as typeof Esbuild;
    } catch {
      continue; // not installed there
    }
  return undefined;
}

/**
 * The exports of a TypeScript file with the files that it imports by relative paths, translated to one module of CommonJS. Packages are
 * loaded as they are, this project's code by `modules`. Throws what esbuild or the module throws.
 */
export async function compiledModule(
  file: string,
  { build }: typeof Esbuild,
  modules: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const { outputFiles } = await build({
    ...{ entryPoints: [file], bundle: true, write: false, logLevel: 'silent', outdir: 'never-written' },
    ...{ packages: 'external', platform: 'node', format: 'cjs', target: 'node20', tsconfigRaw: '{}' },
    external: ['embed-bench/*'],
    supported: { 'dynamic-import': false },
    define: { [ownUrl]: '__url' },
  });
  const load = createRequire(file);
  const require = (wanted: string): unknown =>
    wanted.startsWith('embed-bench/') ? modules[wanted.slice('embed-bench/'.length)] : load(wanted);
  const module = { exports: {} as Record<string, unknown> };
  const names = ['require', 'module', 'exports', '__url'];
  const run = compileFunction(outputFiles[0].text, names, { filename: file }) as (
    ...given: unknown[]
  ) => void;
  run(require, module, module.exports, pathToFileURL(file).href);
  return module.exports;
}
