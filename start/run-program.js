import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, SourceMap } from 'node:module';
import { join } from 'node:path';
import { cachedDataVersionTag } from 'node:v8';
import { Script } from 'node:vm';
import { placeOf, touch } from './bundle.js';

/** Key of the bundle's folder: suites/ start further processes from it. */
export const runsFrom = Symbol.for('embed-bench.bundle');

/**
 * Runs a program from a bundle, in this process. V8 keeps what it compiled beside the bundle: one file for each program and each
 * V8, written by the first process that runs it.
 *
 * @param {string} folder of the bundle
 * @param {string} program `scripts/bench.ts`
 * @returns {unknown} what the program exports, or a promise of it
 */
export function runProgram(folder, program) {
  if (program.startsWith(scripts) || program.startsWith(processes)) return ofCommand(folder, program);
  Object.assign(globalThis, { [runsFrom]: folder });
  return librariesOf(folder)[program]();
}

const [scripts, processes] = ['scripts/', 'suites/'];

/** @typedef {Record<string, () => unknown>} Programs */

/** @type {Map<string, Programs>} */
const libraries = new Map();

/** Modules for whoever imports them: evaluated once, and nothing of the process is changed. @param {string} folder */
function librariesOf(folder) {
  const known = libraries.get(folder) ?? evaluated(join(folder, 'verbs.js'));
  libraries.set(folder, known);
  return known;
}

/** @param {string} filename @returns {Programs} */
function evaluated(filename) {
  const module = { exports: /** @type {Programs} */ ({}) };
  const script = new Script(readFileSync(filename, 'latin1'), { filename }); // esbuild writes ASCII
  script.runInThisContext()(createRequire(filename), module, placeOf);
  return module.exports;
}

/** @param {string} folder @param {string} program */
function ofCommand(folder, program) {
  const filename = join(folder, program.startsWith(scripts) ? 'verbs.js' : 'processes.js');
  // Help loads less than the verb that it is of, and leaves less behind.
  const what =
    program.replaceAll('/', '-') + (process.argv.some((word) => /^(-h|--help.*)$/.test(word)) ? '-help' : '');
  const cache = join(folder, `${what}-${cachedDataVersionTag()}.cache`);
  const cachedData = kept(cache);
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData }); // esbuild writes ASCII
  showSources(filename);
  touch(folder);
  setInterval(() => touch(folder), 600_000).unref();
  Object.assign(globalThis, { [runsFrom]: folder });

  const module = { exports: /** @type {Programs} */ ({}) };
  script.runInThisContext()(createRequire(filename), module, placeOf);
  const running = module.exports[program]();
  if (cachedData === undefined || script.cachedDataRejected)
    setImmediate(() => keep(cache, script.createCachedData()));
  return running;
}

/** Bytes of the digest that a file begins with: V8 trusts what it reads, and ends the process where that is damaged. */
const digestBytes = 32;

/** @param {Buffer} data */
const digestOf = (data) => createHash('sha256').update(data).digest();

/** @param {string} file */
function kept(file) {
  try {
    const bytes = readFileSync(file);
    const data = bytes.subarray(digestBytes);
    return bytes.subarray(0, digestBytes).equals(digestOf(data)) ? data : undefined;
  } catch {
    return undefined; // the first run
  }
}

/** @param {string} file @param {Buffer} data */
function keep(file, data) {
  const aside = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, Buffer.concat([digestOf(data), data]), { flush: true });
    renameSync(aside, file);
  } catch {
    rmSync(aside, { force: true }); // a full disk, or a bundle that was removed: nothing depends on it
  }
}

/**
 * Makes stack traces name the lines of the sources. The map is read when the first trace is asked for.
 *
 * @param {string} filename
 */
function showSources(filename) {
  /** @type {SourceMap | undefined} */
  let map;
  /** @param {NodeJS.CallSite} site */
  const line = (site) => {
    const text = String(site);
    if (site.getFileName() !== filename) return text;
    map ??= new SourceMap(JSON.parse(readFileSync(`${filename}.map`, 'utf8')));
    const [at, column] = [site.getLineNumber() ?? 1, site.getColumnNumber() ?? 1];
    const found = map.findEntry(at - 1, column - 1);
    if (!('originalSource' in found)) return text;
    const source = join(filename, '..', '..', 'any', found.originalSource);
    return text.replace(
      `${filename}:${at}:${column}`,
      `${source}:${found.originalLine + 1}:${found.originalColumn + 1}`,
    );
  };
  Error.prepareStackTrace = (error, sites) => {
    try {
      return [String(error), ...sites.map((site) => `    at ${line(site)}`)].join('\n');
    } catch {
      return [String(error), ...sites.map((site) => `    at ${String(site)}`)].join('\n'); // the map is gone
    }
  };
}
