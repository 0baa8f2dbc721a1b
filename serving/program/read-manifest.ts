import fs from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { UserError } from '../../base/user-error.ts';
import { type Manifest, manifestFile, manifestHead } from './manifest.ts';
import { tablesHead, type TablesManifest } from './tables-manifest.ts';

/** The manifest of an exported model. Throws a UserError if the folder has none, or one that another version has written. */
export function readManifest(folder: string): Manifest {
  return read(folder, manifestHead, ['an exported model', 'export the model again']) as Manifest;
}

/** The manifest of compressed tables. Throws a UserError as readManifest does. */
export function readTablesManifest(folder: string): TablesManifest {
  return read(folder, tablesHead, ['compressed tables', 'compress the tables again']) as TablesManifest;
}

function read(folder: string, head: z.ZodType, [what, advice]: readonly [string, string]): unknown {
  const path = join(folder, manifestFile);
  let content: unknown;
  try {
    content = JSON.parse(fs.readFileSync(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`;
    throw new UserError(`${path}: ${code === undefined ? 'it is no JSON' : why}; name the folder of ${what}`);
  }
  if (!head.safeParse(content).success)
    throw new UserError(`${path}: it is no manifest of version 1 of ${what}; ${advice}`);
  return content;
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
