import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { execFileSync } from 'node:child_process';
import { build } from 'esbuild';
import { files, nameOf, sorted } from './build-bundle.js';
import { digestOf, fixedInputs, root } from './bundle.js';
import { entry, oneFile } from './one-file.js';
import { writeLicenses } from './package-licenses.js';
import { commands } from './package-commands.js';

/**
 * `node start/build-package.js FOLDER`: writes the package embed-bench as npm packs it: JavaScript that Node runs without a compiler, the
 * files that it reads, type declarations, and no dependencies. `npm run pack:npm` calls it.
 */

const [, , out] = process.argv;
const folder = resolve(out);
const in_ = (/** @type {string} */ path) => join(folder, path);
const write = (/** @type {string} */ path, /** @type {string | Uint8Array} */ contents) => {
  mkdirSync(dirname(in_(path)), { recursive: true });
  writeFileSync(in_(path), contents);
};

/** Modules that plug-ins and scripts import: `embed-bench`, `embed-bench/method`. */
const library = 'library/index.ts';
const entries = ['method', 'model', 'dataset'];
/** Files that programs read by their path. */
const assets = /\.(hbs|css|json|py|cpp|h)$|^reports\/.*\.js$/;
const rooms = ['reports', 'serving', 'suites', 'backends/native/source'];
/** Packages that are found beside this one, if somebody installs them. */
const optional = ['webgpu'];
/** Headers for the native backend, which a machine with a compiler may build. */
const headers = ['LICENSE', 'package.json', 'include'].map((name) => `node-api-headers/${name}`);
/** Files of packages by paths that these compute. */
const wasm = ['', '-simd'].map(
  (kind) => `@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm${kind}.wasm`,
);

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** @type {Record<string, string>} */
const inputs = Object.fromEntries(
  // Versions of npm write the list of what is installed in different ways.
  fixedInputs.filter((path) => !path.startsWith('node_modules/')).map((path) => [path, digestOf(path)]),
);
/** @type {Set<string>} Files of packages that are compiled in. */
const compiled = new Set();

/** @param {string} name @param {string} contents @param {Parameters<typeof oneFile>[3]} [changes] */
async function compile(name, contents, { options = {}, ...changes } = {}) {
  const asked = { ...options, external: optional, metafile: true, sourcemap: /** @type {const} */ (false) };
  const built = await oneFile(name, contents, inputs, {
    packagesIn: 'lib/packages',
    ...changes,
    options: asked,
  });
  for (const path of Object.keys(built.metafile?.inputs ?? {}))
    if (path.startsWith('node_modules/')) compiled.add(path);
  return /** @type {import('esbuild').OutputFile[]} */ (built.outputFiles)[0].contents;
}

/** A runner takes Vitest's place in the bundle of checks, and tokens can be hashed in place of numbers (test/outside). */
const inPlaceOfVitest = /** @type {import('esbuild').Plugin} */ ({
  name: 'in-place-of-vitest',
  setup(build) {
    build.onResolve({ filter: /^vitest$/ }, () => ({ path: join(root, 'test/outside/vitest.ts') }));
    const replaced = join(root, 'test/outside/hash.ts');
    build.onResolve({ filter: /\/hash\.ts$/ }, ({ importer, resolveDir, path }) =>
      importer !== replaced && join(resolveDir, path) === join(root, 'base/hash.ts')
        ? { path: replaced }
        : undefined,
    );
  },
});
/** Tests await at their top level, which takes an ES module. */
const asModule = {
  format: /** @type {const} */ ('esm'),
  supported: {},
  banner: {
    js: [
      `import { createRequire as requireFrom } from 'node:module';`,
      `import { placeOf } from '../../../start/bundle.js';`,
      `const require = requireFrom(import.meta.url);`,
    ].join('\n'),
  },
  footer: {},
};

const verbs = Object.values(commands).map(({ program }) => program);
const code = {
  'verbs.js': await compile(
    'verbs',
    entry(verbs, [library, ...entries.map((name) => `plugins/entries/${name}.ts`)]),
  ),
  'processes.js': await compile('processes', entry(files.processes())),
  'checks.js': await compile('checks', `import './test/outside/check.ts';`, {
    options: asModule,
    plugins: [inPlaceOfVitest],
  }),
};
const text = sorted({
  ...inputs,
  ...Object.fromEntries(verbs.map((program) => [program, digestOf(program)])),
});
const home = `lib/code/${nameOf(text)}`;
for (const [name, contents] of Object.entries(code)) write(`${home}/${name}`, contents);
write(`${home}/inputs.json`, text);
write(
  `${home}/sizes.json`,
  JSON.stringify(Object.fromEntries(Object.entries(code).map(([name, { length }]) => [name, length]))),
);

for (const path of [...wasm, ...headers])
  cpSync(join(root, 'node_modules', path), in_(`lib/packages/${path}`), { recursive: true });
for (const room of rooms)
  for (const name of readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })) {
    const path = join(room, name);
    if (assets.test(path)) write(path, readFileSync(join(root, path)));
  }
const unneeded = ['build-bundle.js', 'build-package.js', 'one-file.js', 'package-licenses.js'];
for (const name of readdirSync(join(root, 'start')).filter(
  (name) => /\.c?js$/.test(name) && !unneeded.includes(name),
))
  write(`start/${name}`, readFileSync(join(root, 'start', name)));
for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md', 'docs/plugins.md', 'docs/package.md'])
  cpSync(join(root, name), in_(name));

// The names of the exports are read from what was compiled.
const { runProgram } = await import('./run-program.js');
const namesOf = (/** @type {string} */ program) =>
  Object.keys(/** @type {object} */ (runProgram(in_(home), program)))
    .filter((name) => name !== 'default' && name !== '__esModule')
    .join(', ');
for (const name of entries)
  write(
    `lib/${name}.js`,
    `import { sharedEntry } from '../start/entries.js';\nexport const { ${namesOf(`plugins/entries/${name}.ts`)} } = sharedEntry('${name}');\n`,
  );
write(
  'lib/index.js',
  `import { library } from '../start/entries.js';\nexport const { ${namesOf(library)} } = library();\n`,
);

// The reader of exported models is a file of its own: whoever serves a model loads nothing else.
const reader = await build({
  ...{
    entryPoints: [join(root, 'serving/reader/index.ts')],
    outfile: in_('lib/reader.js'),
    absWorkingDir: root,
  },
  ...{ bundle: true, minify: true, platform: 'node', format: 'esm', target: 'node20' },
  ...{ metafile: true, logLevel: 'error' },
});
for (const path of Object.keys(reader.metafile.inputs))
  if (path.startsWith('node_modules/')) compiled.add(path);

writeLicenses(in_('lib/THIRD-PARTY-LICENSES.txt'), compiled);
execFileSync(process.execPath, [
  ...[join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.package.json')],
  ...['--outDir', in_('lib/types')],
]);

const { name, version, description, keywords, license, type, engines, bin, exports, repository } = manifest;
const typed = ['zod', '@tensorflow/tfjs-core'];
const peers = Object.fromEntries([...optional, ...typed].map((peer) => [peer, manifest.dependencies[peer]]));
const packed = {
  ...{ name, version, description, keywords, license, type, repository, engines, bin, exports },
  files: ['lib', 'start', 'docs', 'packed.json', ...rooms, 'CHANGELOG.md'],
  peerDependencies: peers,
  peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }])),
};
write('package.json', `${JSON.stringify(packed, null, 2)}\n`);
if (!existsSync(in_('start/embed-bench.js'))) throw new Error(`${relative(root, folder)}: no launcher`);
process.exit(0);
