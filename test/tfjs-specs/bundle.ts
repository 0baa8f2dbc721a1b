import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const root = join(import.meta.dirname, '../..');

/** The module that exports a backend under its own name: `{ name: 'cpu', module: 'backends/cpu.ts' }`. */
export interface Exported {
  readonly name: string;
  readonly module: string;
}

/**
 * One file with tfjs-core's specs, a backend, and the one tfjs-core they share; its arguments are a folder, a pattern and
 * whether tensors can be read at once, see runSpecs. The specs are published as modules that Node takes for scripts, and that import each other without
 * extensions: only a bundler reads them.
 */
export async function bundleSpecs({ name, module }: Exported, outfile: string): Promise<void> {
  await build({
    stdin: {
      contents: `
        import { ${name} as backend } from './${module}';
        import { runSpecs } from './test/tfjs-specs/run-specs.ts';
        await runSpecs(backend, process.argv[2], process.argv[3], process.argv[4] === 'sync');`,
      resolveDir: root,
    },
    bundle: true,
    outfile,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'], // each package's `main` comes before bundling, and would bring other copies
    ignoreAnnotations: true, // `sideEffects` of tfjs-core leaves its specs out, and they are nothing else
    banner: { js: globalRequire },
    define: { 'import.meta': 'sourceMeta' },
    plugins: [sourceMeta],
    logLevel: 'error',
  });
}

/** Scripts among the packages require Node's modules by the global name, which a module does not have. */
const globalRequire =
  "globalThis.require = process.getBuiltinModule('module')" +
  `.createRequire(${JSON.stringify(join(root, 'package.json'))});`;

/** Source files, and Dawn's, keep their own `import.meta`: they look for add-ons beside themselves, not beside the bundle. */
const sourceMeta: Plugin = {
  name: 'source-meta',
  setup(esbuild) {
    esbuild.onLoad({ filter: /\.ts$|\/node_modules\/webgpu\/.*\.js$/ }, async ({ path }) => {
      const meta = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
      const source = await readFile(path, 'utf8');
      const contents = `const sourceMeta = ${JSON.stringify(meta)}; ${source}`; // one line, to keep line numbers
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};
