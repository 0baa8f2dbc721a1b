import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { root } from './bundle.js';

/** Compiles programs of the project, with the packages that they import, to one file of JavaScript. */

/** Packages that are loaded as they lie: optional ones, and tools that find their own files. */
const external = ['@tensorflow/tfjs-node-gpu', 'esbuild', 'typescript', 'tsx'];

/**
 * Compiles a module to a script whose value is a function, which run-program.js calls. Digests of the project's files that it is made of
 * are added to `inputs`. Throws what esbuild says.
 *
 * @param {string} name of the file, without its ending
 * @param {string} contents of the module
 * @param {Record<string, string>} inputs
 * @param {{ packagesIn?: string, options?: import('esbuild').BuildOptions, plugins?: import('esbuild').Plugin[] }} [changes] `packagesIn`:
 *   the folder that files of packages are looked for in
 */
export async function oneFile(name, contents, inputs, { packagesIn, options = {}, plugins = [] } = {}) {
  const { build } = await import('esbuild');
  return build({
    stdin: { contents, resolveDir: root, sourcefile: `${name}.js` },
    ...{
      absWorkingDir: root,
      outfile: join(root, 'start/build/any', `${name}.js`),
      write: false,
      logLevel: 'silent',
    },
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20' },
    // V8's cache loses what resolves import(): require instead.
    supported: { 'dynamic-import': false },
    // ES modules where a package has both: a half less to load.
    ...{ mainFields: ['module', 'main'], preserveSymlinks: true },
    ...{ sourcemap: 'external', sourcesContent: false },
    // A script whose value is a function, which run-program.js calls.
    banner: { js: '(function (require, module, placeOf) {' },
    footer: { js: '})' },
    ...options,
    external: [...external, ...(options.external ?? [])],
    plugins: [...plugins, ownPlaces(inputs, packagesIn)],
  });
}

/**
 * A module that loads one program by its path. In one file an import is a call, made when it is asked for.
 *
 * @param {readonly string[]} programs
 * @param {readonly string[]} [atOnce] programs whose exports are there as soon as they are asked for
 */
export function entry(programs, atOnce = []) {
  const lines = [
    ...programs.map((path) => `  ${JSON.stringify(path)}: () => import(${JSON.stringify(`./${path}`)}),`),
    ...atOnce.map((path) => `  ${JSON.stringify(path)}: () => require(${JSON.stringify(`./${path}`)}),`),
  ];
  return `module.exports = {\n${lines.join('\n')}\n};\n`;
}

/**
 * Takes the digest of every file of the project as it is read. Files find others by their own place: it becomes a call of
 * `placeOf`, so that a bundle works in whatever folder the project lies.
 *
 * @param {Record<string, string>} inputs
 * @param {string} [packagesIn]
 * @returns {import('esbuild').Plugin}
 */
function ownPlaces(inputs, packagesIn = 'node_modules') {
  /** @param {string} path @param {string} text */
  const placed = (path, text) => {
    const own = path.replaceAll(sep, '/').replace(/^node_modules(?=\/)/, packagesIn);
    const [file, folder] = [own, dirname(own)].map((place) => JSON.stringify(place));
    const places = [
      [/\bimport\.meta\.url\b/g, `placeOf.url(${file})`],
      [/\bimport\.meta\.dirname\b/g, `placeOf.path(${folder})`],
      // ES modules that make these names by themselves keep them.
      [/(?<!(?:const|let|var) )\b__dirname\b(?! = )/g, `placeOf.path(${folder})`],
      [/(?<!(?:const|let|var) )\b__filename\b(?! = )/g, `placeOf.path(${file})`],
    ];
    return places.reduce(
      (changed, [place, call]) => changed.replace(place, /** @type {string} */ (call)),
      text,
    );
  };
  return {
    name: 'own-places',
    setup(build) {
      // Its form for Node looks for the package canvas with a top-level await, which one file cannot have. That package is none of
      // ours, and without it both forms do the same.
      build.onResolve({ filter: /^vega-canvas$/ }, () => ({
        path: join(root, 'node_modules/vega-canvas/build/vega-canvas.browser.js'),
      }));
      build.onLoad({ filter: /\.(ts|js|mjs|cjs|json)$/, namespace: 'file' }, ({ path }) => {
        const name = relative(root, path);
        const own = !name.split(sep).includes('node_modules');
        const bytes = readFileSync(path);
        if (own) inputs[name.replaceAll(sep, '/')] = hash('sha256', bytes);
        else if (!/\bimport\.meta\b|__dirname|__filename/.test(bytes.toString('latin1'))) return undefined;
        const loader = /** @type {import('esbuild').Loader} */ (
          /\.(?:ts|json)$/.exec(path)?.[0].slice(1) ?? 'js'
        );
        return { contents: loader === 'json' ? bytes : placed(name, bytes.toString('utf8')), loader };
      });
    },
  };
}
