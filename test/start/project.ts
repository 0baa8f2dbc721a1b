import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { root } from '../scripts/run-script.ts';

/** A project of a few lines with this project's launcher: verbs of `scripts/`, and processes of `suites/`. */
export interface Project {
  readonly folder: string;
  readonly write: (path: string, text: string) => void;
  /** Starts a verb. */
  readonly start: (
    verb: string,
    args?: readonly string[],
    environment?: Environment,
  ) => ReturnType<typeof start>;
  /** Names in the folder of the bundles. */
  readonly bundles: () => string[];
}

type Environment = Readonly<Record<string, string>>;

const start = (folder: string, verb: string, args: readonly string[], env: Environment) =>
  execa('node', [join(folder, 'start/verb.js'), verb, ...args], { reject: false, cwd: tmpdir(), env });

/** Makes one; it is gone after the test. */
export function project(files: Readonly<Record<string, string>>): Project {
  const folder = mkdtempSync(join(tmpdir(), 'embed-bench-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  mkdirSync(join(folder, 'suites'));
  write('package.json', '{ "type": "module" }');
  for (const [path, text] of Object.entries(files)) write(path, text);
  for (const name of readdirSync(join(root, 'start')).filter((name) => name.endsWith('.js')))
    cpSync(join(root, 'start', name), join(folder, 'start', name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const built = join(folder, 'start/build');
  return {
    folder,
    write,
    start: (verb, args = [], environment = {}) => start(folder, verb, args, environment),
    bundles: () => (existsSync(built) ? readdirSync(built) : []),
  };
}
