import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { currentBundle, packagedBundle, removeOld, root } from './bundle.js';
import { spellCommands } from './package-commands.js';
import { runProgram } from './run-program.js';

/** `node start/verb.js bench --method md`: a verb of scripts/, from a bundle where one can be had. */
const [, , verb] = process.argv;
const program = `scripts/${verb}.ts`;
const packaged = packagedBundle();
if (verb === undefined || !/^[\w-]+$/.test(verb) || !(packaged || existsSync(join(root, program)))) {
  console.error(`start/verb.js: no verb is called ${verb ?? ''}`);
  process.exit(2);
}
process.argv.splice(1, 2, join(root, program));
if (packaged !== undefined) spellCommands();

const folder = packaged ?? (preloads() ? undefined : (currentBundle(program) ?? (await built())));
if (folder !== undefined) void runProgram(folder, program);
else {
  const { register } = await import('tsx/esm/api');
  register();
  await import(pathToFileURL(join(root, program)).href);
}

/** True if this process was told to load other modules first: they may change modules of the project, as plug-ins do. */
function preloads() {
  const options = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? '').split(/\s+/)];
  return options.some((option) => /^(-r|--(import|require|loader|experimental-loader))(=|$)/.test(option));
}

/** Builds a bundle; says why where that does not work. */
async function built() {
  try {
    const { buildBundle } = await import('./build-bundle.js');
    const folder = await buildBundle();
    removeOld();
    return folder;
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    console.error(`note: no bundle can be built (${line}); this starts from TypeScript, seconds slower`);
    return undefined;
  }
}
