import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus, hostname, release } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../base/canonical-json.ts';
import { projectRoot } from '../../base/project-root.ts';

/** Rooms whose code decides what is trained. */
const rooms = ['base', 'tensors', 'harness', 'methods', 'datasets', 'backends'];

let identity: string | undefined;

/**
 * All that may change the bits of a training beside its settings: this project's code as it is on the disk now, the packages, and
 * the machine. Trainings on another machine would also have another speed.
 */
export function codeIdentity(): string {
  identity ??= canonicalJson({
    code: codeDigest(projectRoot),
    node: process.version,
    machine: [hostname(), process.arch, release(), cpus()[0]?.model],
  });
  return identity;
}

/** A hash of the sources of some rooms and of the versions of packages. Takes some 10 ms. */
export function codeDigest(root: string): string {
  const hash = createHash('sha256');
  const add = (file: string) => hash.update(file).update('\0').update(readFileSync(join(root, file))).update('\0'); // prettier-ignore
  add('package-lock.json');
  for (const room of rooms)
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .sort()
      .forEach((file) => add(join(room, file)));
  return hash.digest('hex');
}
