#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagedBundle, root } from './bundle.js';
import { commands, spellCommands } from './package-commands.js';
import { runProgram } from './run-program.js';

/** `embed-bench bench --method md`: the program of the package. */
const [, , verb, ...rest] = process.argv;
const folder = packagedBundle();

if (verb === '--version' || verb === '-V') {
  console.log(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
} else if (verb === undefined || ['help', '--help', '-h'].includes(verb)) {
  console.log(help());
} else if (!Object.hasOwn(commands, verb)) {
  fail(`error: embed-bench has no command "${verb}"; there are ${Object.keys(commands).join(', ')}`);
} else if (folder === undefined) {
  fail(`error: this is a checkout; npm run ${commands[verb].npm} -- ${rest.join(' ')}`.trim());
} else {
  const { program } = commands[verb];
  spellCommands();
  process.argv.splice(1, 2, join(root, program));
  void runProgram(folder, program);
}

function help() {
  const width = Math.max(...Object.keys(commands).map(({ length }) => length));
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
  return [
    'Usage: embed-bench <command> [options]',
    '',
    'Which embedding compression method to use at a memory budget, and what it costs in AUC and speed.',
    '',
    ...['Commands:', ...lines, ''],
    'embed-bench <command> --help shows the options. A first comparison, in about a minute: embed-bench bench --method md',
  ].join('\n');
}

/** @param {string} line */
function fail(line) {
  console.error(line);
  process.exitCode = 2;
}
