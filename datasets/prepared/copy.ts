import { createReadStream, existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { makeFolder } from '../../files/folders.ts';
import { manifestFile } from './layout.ts';
import { readManifest } from './manifest.ts';
import { verify } from './verify.ts';
import { createWorkDirectory, publish, removeStaleWork } from './work-directory.ts';

/** The seal of prepared data on this machine, compared with their digests. Throws a UserError if they are missing or damaged. */
export const sealOfPrepared = (directory: string): string => verify(directory, readManifest(directory));

/**
 * Copies prepared data to another cache, where they appear whole or not at all; a whole copy that is there stays. Returns its folder. Throws a
 * UserError if either is damaged, and what the disk says.
 */
export async function copyPrepared(from: string, cache: string): Promise<string> {
  const to = join(cache, basename(from));
  const { fingerprint, files } = readManifest(from);
  makeFolder(cache);
  removeStaleWork(cache);
  if (existsSync(to) && isCopy(to, fingerprint)) return to;
  const work = createWorkDirectory(to);
  try {
    for (const name of [...files.map((file) => file.name), manifestFile]) {
      const writer = work.writer(name, { checksum: false });
      for await (const piece of createReadStream(join(from, name), { highWaterMark: 1 << 20 }))
        writer.append(piece as Buffer);
      writer.finish();
    }
    verify(work.path, readManifest(work.path));
    await publish(work, to, (other) => isCopy(other, fingerprint));
  } catch (error) {
    work.discard();
    throw error;
  }
  return to;
}

function isCopy(directory: string, fingerprint: string): boolean {
  try {
    const manifest = readManifest(directory);
    verify(directory, manifest);
    return manifest.fingerprint === fingerprint;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
