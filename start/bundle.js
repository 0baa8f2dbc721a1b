import { hash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Finds the bundle that was made of the sources as they are. */

export const root = fileURLToPath(new URL('../', import.meta.url));

/** One folder for every state of the sources, with `inputs.json`: the digest of every file that it was made of. */
export const bundles = join(root, 'start', 'build');

/** The folder of a package's bundle: a package has one, and none of the sources. Undefined in a checkout. */
export function packagedBundle() {
  const folder = join(root, 'lib', 'code');
  try {
    const [name] = readdirSync(folder);
    return join(folder, name);
  } catch {
    return undefined;
  }
}

/** The places of the project's files, which a bundle asks for in their stead: the project may lie in any folder. */
export const placeOf = {
  path: (/** @type {string} */ path) => join(root, path),
  url: (/** @type {string} */ path) => pathToFileURL(join(root, path)).href,
};

/** Inputs that no program imports: what is installed, and what builds. */
export const fixedInputs = [
  ...['package-lock.json', 'node_modules/.package-lock.json', 'package.json', 'tsconfig.json'],
  ...['start/build-bundle.js', 'start/one-file.js', 'start/bundle.js', 'start/run-program.js'],
];

/** @param {string} path from the project's folder @returns {string} empty without such a file */
export function digestOf(path) {
  try {
    return hash('sha256', readFileSync(join(root, path)));
  } catch {
    return '';
  }
}

/**
 * The folder of a bundle that has `program` and was made of the sources as they are now; undefined if there is none. Files are read
 * and compared by content, every time: that takes about 20 ms, and neither clocks nor file systems can make it wrong.
 *
 * @param {string} program
 * @returns {string | undefined}
 */
export function currentBundle(program) {
  /** @type {Map<string, string>} */
  const known = new Map();
  const digest = (/** @type {string} */ path) => {
    const found = known.get(path) ?? digestOf(path);
    known.set(path, found);
    return found;
  };
  return foldersByUse().find((folder) => {
    const inputs = inputsOf(folder);
    return program in inputs && Object.entries(inputs).every(([path, made]) => digest(path) === made);
  });
}

/**
 * Digests of what a bundle was made of. None if it is not whole: it is being built or removed, or a disk or a person has damaged it.
 *
 * @param {string} folder @returns {Readonly<Record<string, string>>}
 */
function inputsOf(folder) {
  try {
    return isWhole(folder) ? JSON.parse(readFileSync(join(folder, 'inputs.json'), 'utf8')) : {};
  } catch {
    return {};
  }
}

/** True if all files that were built are there, in their sizes. @param {string} folder */
export function isWhole(folder) {
  try {
    const sizes = Object.entries(JSON.parse(readFileSync(join(folder, 'sizes.json'), 'utf8')));
    return sizes.every(([name, size]) => statSync(join(folder, name)).size === size);
  } catch {
    return false;
  }
}

/** Folders of bundles, the one that was used last first. */
function foldersByUse() {
  try {
    return readdirSync(bundles)
      .map((name) => ({
        folder: join(bundles, name),
        used: statSync(join(bundles, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
      }))
      .sort((a, b) => b.used - a.used)
      .map(({ folder }) => folder);
  } catch {
    return []; // nothing was built
  }
}

/** Says that a bundle is in use. @param {string} folder */
export function touch(folder) {
  const now = new Date();
  try {
    utimesSync(folder, now, now);
  } catch {
    // a folder that cannot be written, and that nobody will clear
  }
}

/** Bundles that are kept beside those in use: a branch that is switched back to. */
const kept = 2;
/** Programs say every ten minutes that they use a bundle. */
const unusedMs = 3_600_000;

/** Removes bundles that no process uses, but for a few, and what killed processes left behind. */
export function removeOld() {
  const old = Date.now() - unusedMs;
  const unused = foldersByUse().filter(
    (folder) => (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) < old,
  );
  const leftovers = unused.filter((folder) => folder.endsWith('.tmp'));
  const further = unused.filter((folder) => !folder.endsWith('.tmp')).slice(kept);
  for (const folder of [...leftovers, ...further]) rmSync(folder, { recursive: true, force: true });
}
