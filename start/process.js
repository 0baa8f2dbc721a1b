import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runProgram, runsFrom } from './run-program.js';

/** `node start/process.js <folder of the bundle> suites/running/worker.ts`: a process of a verb, from the verb's own bundle. */
const [, , folder, program] = process.argv;
process.argv.splice(1, 2);
// The rules for methods, which a package has compiled, are an ES module (start/build-package.js).
if (program.startsWith('test/')) {
  Object.assign(globalThis, { [runsFrom]: folder });
  await import(pathToFileURL(join(folder, 'checks.js')).href);
} else void runProgram(folder, program);
