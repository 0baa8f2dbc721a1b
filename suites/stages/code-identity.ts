import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, hostname, release } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { projectRoot } from '../../base/project-root.ts';
import { loadedPlugins } from '../../plugins/index.ts';
import { bundleInUse } from '../process-arguments.ts';

/** Rooms whose code decides the bits of a training. */
const rooms = ['base', 'tensors', 'harness', 'methods', 'datasets', 'backends', 'plugins'];

let code: string | undefined;

/**
 * All that may change the bits of a training beside its settings: the code that this process runs, the packages, Node, and the
 * machine. Trainings on another machine would have another speed, too; with `anyHost` machines of one kind are the same. Throws an Error
 * where that cannot be told.
 */
export function codeIdentity({ anyHost = false } = {}): string {
  if (loadsFurtherModules())
    throw new Error('modules that Node was told to load first may be of any content');
  const bundle = bundleInUse();
  // A bundle lists digests of all that it was made of. It goes on running when the sources have changed.
  code ??= bundle === undefined ? sourceDigest(projectRoot) : digestOf(join(bundle, 'inputs.json'));
  const host = anyHost ? [] : [hostname(), release()];
  const plugins = loadedPlugins().map(({ use }) => use.digest);
  return canonicalJson({
    ...{ code, node: process.version, machine: [process.arch, cpus()[0]?.model, ...host] },
    ...(plugins.length > 0 && { plugins }),
  });
}

/** True if all processes of this one's were told to load modules beside the TypeScript loader: plug-ins, or changes of the project's. */
export function loadsFurtherModules(): boolean {
  const words = (process.env.NODE_OPTIONS ?? '').split(/[\s=]+/);
  return words.some(
    (word, i) =>
      /^(-r|--(import|require|loader|experimental-loader))$/.test(word) &&
      !/(^|\/)tsx($|\/)/.test(words[i + 1] ?? ''),
  );
}

/** A hash of the sources of these rooms and of the versions of packages, as they are on the disk. Takes some 10 ms. */
function sourceDigest(root: string): string {
  const files = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(room, file)),
  );
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', ...files.sort()])
    hash.update(`${file} ${digestOf(join(root, file))}\n`);
  return hash.digest('hex');
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
