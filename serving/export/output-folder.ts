import fs from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { removeAbandoned } from '../../files/abandoned.ts';
import { manifestFile, manifestHead } from '../program/manifest.ts';

/**
 * Throws a UserError if a model cannot be written as the folder `out`: something is there, and `force` is false or it is no exported
 * model. Replacing a folder removes it with all that is in it.
 */
export function requireFree(out: string, force: boolean): void {
  let found: fs.Stats;
  try {
    found = fs.lstatSync(out);
  } catch {
    return; // writing names the problem, if there is one
  }
  if (!force)
    throw new UserError(
      `${out}: there is something already; choose another --out, or replace it with --force`,
    );
  if (!found.isDirectory() || !isModel(out))
    throw new UserError(
      `${out}: is no exported model, and --force replaces nothing else; choose another --out`,
    );
}

/** True of an empty folder, too. */
function isModel(folder: string): boolean {
  if (fs.readdirSync(folder).length === 0) return true;
  try {
    return manifestHead.safeParse(JSON.parse(fs.readFileSync(join(folder, manifestFile), 'utf8'))).success;
  } catch {
    return false;
  }
}

/** A path beside `out` to write the model to. What processes that were killed have left there is removed. */
export function workFolder(out: string): string {
  const whole = resolve(out);
  const [parent, name] = [dirname(whole), basename(whole)];
  removeAbandoned(parent, name);
  return join(parent, `${name}.${process.pid}.tmp`);
}
