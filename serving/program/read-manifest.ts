import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { type Manifest, manifestFile, manifestHead } from './manifest.ts';

/** The manifest of an exported model. Throws a UserError if the folder has none, or one that another version has written. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, manifestFile);
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new UserError(
      `${path}: ${code === undefined ? 'it is no JSON' : why}; name the folder of an exported model`,
    );
  }
  const checked = manifestHead.safeParse(content);
  if (!checked.success)
    throw new UserError(
      `${path}: it is no manifest of version 1 of an exported model; export the model again`,
    );
  return content as Manifest;
}

/** True for a folder with a model that this version reads. */
export function hasModel(folder: string): boolean {
  try {
    readManifest(folder);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
