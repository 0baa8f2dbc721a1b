import { hash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { bundles, digestOf, fixedInputs, isWhole, root } from './bundle.js';

/** Builds a bundle: every program of the project, with its packages, in one file for verbs and one for their processes. */

/** Packages that are loaded as they lie: optional ones, and tools that find their own files. */
const external = ['@tensorflow/tfjs-node-gpu', 'esbuild', 'typescript', 'tsx'];

/** @type {Readonly<Record<string, () => string[]>>} The programs of each file, as paths from the project's folder. */
const files = {
  verbs: () =>
    readdirSync(join(root, 'scripts')).flatMap((name) => (name.endsWith('.ts') ? [`scripts/${name}`] : [])),
  processes: () =>
    readdirSync(join(root, 'suites'))
      .map((folder) => `suites/${folder}/worker.ts`)
      .filter((path) => existsSync(join(root, path))),
};

/**
 * Builds the bundle of the sources as they are now, and returns its folder. The folder appears whole or not at all, under a name
 * made of all that went into it: processes that build at the same time make the same, and one that is killed leaves a folder
 * that a later build removes. Throws what esbuild or the disk says.
 *
 * @returns {Promise<string>}
 */
export async function buildBundle() {
  const { build } = await import('esbuild');
  /** @type {Record<string, string>} */
  const inputs = Object.fromEntries(fixedInputs.map((path) => [path, digestOf(path)]));
  mkdirSync(bundles, { recursive: true });
  const aside = join(bundles, `${process.pid}.tmp`);
  rmSync(aside, { recursive: true, force: true }); // a killed process had the same number
  mkdirSync(aside);
  /** @type {Record<string, number>} */
  const sizes = {};
  const write = (/** @type {string} */ name, /** @type {string | Uint8Array} */ contents) => {
    writeFileSync(join(aside, name), contents, { flush: true });
    if (name.endsWith('.js') || name.endsWith('.json')) sizes[name] = Buffer.byteLength(contents);
  };
  try {
    for (const [file, programs] of Object.entries(files)) {
      const { outputFiles } = await build({
        stdin: { contents: entry(programs()), resolveDir: root, sourcefile: `${file}.js` },
        ...{
          absWorkingDir: root,
          outfile: join(bundles, 'any', `${file}.js`),
          write: false,
          logLevel: 'silent',
        },
        ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node20' },
        // V8's cache loses what resolves import(): require instead.
        supported: { 'dynamic-import': false },
        // ES modules where a package has both: a half less to load.
        ...{ mainFields: ['module', 'main'], external, preserveSymlinks: true },
        ...{ sourcemap: 'external', sourcesContent: false },
        // A script whose value is a function, which run-program.js calls.
        banner: { js: '(function (require, module, placeOf) {' },
        footer: { js: '})' },
        plugins: [ownPlaces(inputs)],
      });
      for (const { path, contents } of outputFiles) write(relative(join(bundles, 'any'), path), contents);
    }
    // Files are read in any order. Programs compare the text: what is the same has to look the same.
    const text = JSON.stringify(
      Object.fromEntries(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))),
    );
    write('inputs.json', text);
    write('sizes.json', JSON.stringify(sizes));
    const folder = join(bundles, hash('sha256', text).slice(0, 16));
    try {
      renameSync(aside, folder);
    } catch (error) {
      // Another process was first, or what it built is damaged by now. Else the disk has something to say.
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error;
      if (!isWhole(folder)) {
        rmSync(folder, { recursive: true, force: true });
        renameSync(aside, folder);
      }
    }
    return folder;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * A module that loads one program by its path. In one file an import is a call, made when it is asked for.
 *
 * @param {readonly string[]} programs
 */
function entry(programs) {
  const lines = programs.map(
    (path) => `  ${JSON.stringify(path)}: () => import(${JSON.stringify(`./${path}`)}),`,
  );
  return `module.exports = {\n${lines.join('\n')}\n};\n`;
}

/**
 * Takes the digest of every file of the project as it is read. Files find others by their own place: it becomes a call of
 * `placeOf`, so that a bundle works in whatever folder the project lies.
 *
 * @param {Record<string, string>} inputs
 * @returns {import('esbuild').Plugin}
 */
function ownPlaces(inputs) {
  /** @param {string} path @param {string} text */
  const placed = (path, text) => {
    const [file, folder] = [path, dirname(path)].map((place) => JSON.stringify(place.replaceAll(sep, '/')));
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
