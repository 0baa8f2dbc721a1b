import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { projectRoot } from '../base/project-root.ts';

/** The machine's C++ compiler, used directly: node-gyp would want Python and a download of Node's headers. */

/** A program and its first arguments. */
export type Compiler = readonly string[];

/** Node-API's headers, from npm: all that an add-on needs of Node's. A package brings a copy (start/build-package.js). */
export function nodeHeaders(): string {
  const name = 'node-api-headers';
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'include');
  } catch {
    return join(projectRoot, 'lib/packages', name, 'include');
  }
}

/** The first compiler there is. CXX overrules, as it does for make. */
export async function findCompiler(): Promise<Compiler | undefined> {
  const wanted = process.env.CXX?.trim();
  const candidates = wanted ? [wanted.split(/\s+/)] : [['c++'], ['g++'], ['clang++']];
  for (const candidate of candidates) {
    const [program, ...args] = candidate;
    if (!(await execa(program, [...args, '--version'], { reject: false })).failed) return candidate;
  }
  return undefined;
}

/** Says what is missing, and how to get it. */
export function noCompiler(): string {
  if (process.env.CXX) return `CXX=${process.env.CXX} is no C++ compiler that runs here`;
  const ways = 'Debian: apt-get install g++; Alpine: apk add g++; macOS: xcode-select --install';
  return `no C++ compiler found (c++, g++ or clang++; ${ways})`;
}

/** Throws an Error with the compiler's first complaint. */
export async function compile([program, ...first]: Compiler, args: readonly string[]): Promise<void> {
  const { failed, stderr, shortMessage } = await execa(program, [...first, ...args], { reject: false });
  if (!failed) return;
  // Warnings may come first; a compiler that knows no C++17 says so in one line.
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = lines.find((line) => /error/i.test(line)) ?? lines[0] ?? shortMessage;
  throw new Error(`${program} failed: ${said.slice(0, 300)} (C++17 is needed; CXX names another compiler)`);
}
