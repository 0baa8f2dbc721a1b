import { packagedBundle } from './bundle.js';
import { spellCommands } from './package-commands.js';
import { runProgram } from './run-program.js';

/** The modules that `embed-bench` and `embed-bench/method` stand for, outside of a command: in a script, or in tests of a plug-in. */

/** Key of the modules of a process that runs a command (plugins/shared-modules.ts). */
const sharedBy = Symbol.for('embed-bench.entries');

/** @returns {string} */
function bundle() {
  const folder = packagedBundle();
  if (folder === undefined) throw new Error('embed-bench is not packed: npm run pack:npm');
  return folder;
}

/**
 * The exports of an entry: those that the process runs, or those of the package, once for all that import them.
 *
 * @param {string} name `method`
 * @returns {Record<string, unknown>}
 */
export function sharedEntry(name) {
  const shared = /** @type {{ [sharedBy]?: Record<string, Record<string, unknown>> }} */ (globalThis);
  const modules = (shared[sharedBy] ??= {});
  return (modules[name] ??= /** @type {Record<string, unknown>} */ (
    runProgram(bundle(), `plugins/entries/${name}.ts`)
  ));
}

export function library() {
  spellCommands();
  return /** @type {typeof import('../library/index.ts')} */ (runProgram(bundle(), 'library/index.ts'));
}
