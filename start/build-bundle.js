import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bundles, digestOf, fixedInputs, isWhole, root } from './bundle.js';
import { entry, oneFile } from './one-file.js';

/** Builds a bundle: every program of the project, with its packages, in one file for verbs and one for their processes. */

/** @type {Readonly<Record<string, () => string[]>>} The programs of each file, as paths from the project's folder. */
export const files = {
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
      const { outputFiles = [] } = await oneFile(file, entry(programs()), inputs);
      for (const { path, contents } of outputFiles) write(relative(join(bundles, 'any'), path), contents);
    }
    // Files are read in any order. Programs compare the text: what is the same has to look the same.
    const text = sorted(inputs);
    write('inputs.json', text);
    write('sizes.json', JSON.stringify(sizes));
    const folder = join(bundles, nameOf(text));
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

/** The text of inputs.json. @param {Readonly<Record<string, string>>} inputs */
export const sorted = (inputs) =>
  JSON.stringify(Object.fromEntries(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1))));

/** The name of a bundle with this inputs.json. @param {string} text */
export const nameOf = (text) => hash('sha256', text).slice(0, 16);
