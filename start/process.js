import { runProgram } from './run-program.js';

/** `node start/process.js <folder of the bundle> suites/running/worker.ts`: a process of a verb, from the verb's own bundle. */
const [, , folder, program] = process.argv;
process.argv.splice(1, 2);
runProgram(folder, program);
