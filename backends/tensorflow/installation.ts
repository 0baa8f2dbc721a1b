import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** The folder where set-up puts TensorFlow's library and the add-on: here and not in node_modules, which npm ci empties. */
export const buildFolder = join(import.meta.dirname, 'build');

export const bindingName = 'tfjs_binding.node';

/** The record that set-up leaves behind once a training step has worked. */
const installed = z.strictObject({
  /** Within the build folder. */
  folder: z.string(),
  /** TensorFlow's. */
  version: z.string(),
  /** The card or CPU that it was set up for. */
  device: z.enum(['cpu', 'cuda']),
  /** True if that step ran on a graphics card. */
  gpu: z.boolean(),
  /** The source of the library. */
  source: z.string(),
  /** The kind of machine, and the version of the package, that it was built for. */
  platform: z.string(),
  package: z.string(),
});
export type Installed = z.infer<typeof installed>;

export const packageName = '@tensorflow/tfjs-node-gpu';
export const platform = `${process.platform}-${process.arch}`;

export const setUpCommand = 'npm run setup:tensorflow';

export type Installation =
  | { readonly type: 'ready'; readonly record: Installed; readonly binding: string }
  | { readonly type: 'absent'; readonly reason: string };

export const recordFile = (folder: string) => join(folder, 'set-up.json');

/** Finds what is set up, or what is missing and what to do. Looks at files only: loading the library takes 0.4 GB. */
export function findInstallation(folder = buildFolder): Installation {
  if (packageFolder() === undefined) return { type: 'absent', reason: packageMissing };
  const found = readRecord(folder);
  if (found === undefined) return { type: 'absent', reason: `it is not set up: ${setUpCommand}` };
  const wanted = `${platform}, ${packageName} ${packageVersion()}`;
  if (`${found.platform}, ${packageName} ${found.package}` !== wanted)
    return { type: 'absent', reason: `it was set up for another ${differs(found)}: ${setUpCommand}` };
  const binding = join(folder, found.folder, bindingName);
  if (!existsSync(binding)) return { type: 'absent', reason: `${binding} is gone: ${setUpCommand}` };
  return { type: 'ready', record: found, binding };
}

const differs = (found: Installed) =>
  found.platform === platform ? 'version of its package' : 'kind of machine';

/** An npm that is told to run install scripts leaves an optional package out whose script fails; .npmrc tells it not to. */
export const packageMissing = `${packageName}, an optional dependency, is not installed: npm ci, then ${setUpCommand}`;

/** The folder where npm put the package. */
export function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
  } catch {
    return undefined;
  }
}

export function packageVersion(): string {
  const manifest = createRequire(import.meta.url)(`${packageName}/package.json`) as { version: string };
  return manifest.version;
}

function readRecord(folder: string): Installed | undefined {
  try {
    return installed.parse(JSON.parse(readFileSync(recordFile(folder), 'utf8')));
  } catch {
    return undefined; // none, or of another form: set-up writes a new one
  }
}
