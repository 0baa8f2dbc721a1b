import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import { manifestFile } from './layout.ts';
import { again, type Manifest } from './manifest.ts';

/**
 * Column files are compared with their digests once for a process and the processes that it starts. The comparison gives a
 * seal, which goes to a child process with its request. The child reads the files again only if its own seal of the directory
 * differs.
 */

/** Seals of the directories that this process has compared or written. */
const verified = new Set<string>();

/**
 * A digest of the metadata of the manifest and the column files: device, inode, size, and times of the last changes. Writing to
 * a file or replacing it changes the digest; a disk that returns other bytes does not.
 */
export function sealOf(directory: string, { files }: Manifest): string {
  const hash = createHash('sha256');
  for (const name of [manifestFile, ...files.map((file) => file.name)]) {
    const { dev, ino, size, mtimeNs, ctimeNs } = fs.statSync(join(directory, name), { bigint: true });
    hash.update(`${name}\0${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}\n`);
  }
  return hash.digest('hex');
}

/** Marks a directory as verified, because this process has just written it. */
export function trust(directory: string, manifest: Manifest): void {
  verified.add(sealOf(directory, manifest));
}

/**
 * Compares every column file with its digest, unless this process or the one that gave `seal` has done so.
 * Returns the seal. Throws a UserError that names the file. It reads 2 to 3 GB per second from the page cache.
 */
export function verify(directory: string, manifest: Manifest, seal?: string): string {
  const own = sealOf(directory, manifest);
  if (own === seal || verified.has(own)) return own;
  for (const { name, digest } of manifest.files) {
    const path = join(directory, name);
    if (digestOf(path) !== digest)
      throw new UserError(`${path}: the content does not fit its digest; ${again}`);
  }
  verified.add(own);
  return own;
}

const chunkBytes = 1 << 20;

function digestOf(path: string): string {
  const sum = checksum();
  const chunk = new Uint8Array(chunkBytes);
  const fd = fs.openSync(path, 'r');
  try {
    for (let read; (read = fs.readSync(fd, chunk)) > 0;) sum.update(chunk.subarray(0, read));
  } finally {
    fs.closeSync(fd);
  }
  return sum.digest();
}
