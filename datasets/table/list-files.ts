import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { type TextFile, textFile } from '../text/text-file.ts';

/** Digits within names are compared as numbers: day_2 comes before day_10. */
const natural = new Intl.Collator('en', { numeric: true }).compare;

/**
 * The files of a list of files and folders, separated by commas; those of a folder in natural order, without hidden ones. Throws a UserError
 * for a place that is missing, and for a folder without files or with folders in it.
 */
export function listFiles(list: string | readonly string[]): readonly TextFile[] {
  const places =
    typeof list !== 'string'
      ? list
      : fs.existsSync(list)
        ? [list]
        : list.split(',').map((place) => place.trim());
  return places.flatMap((place) => (isFolder(place) ? filesOf(place) : [textFile(place)]));
}

const isFolder = (place: string) => fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;

function filesOf(folder: string): TextFile[] {
  const shown = fs.readdirSync(folder).filter((name) => !/^[._]/.test(name));
  const folders = shown.filter((name) => isFolder(join(folder, name))).sort(natural);
  const names = shown.filter((name) => !folders.includes(name)).sort(natural);
  // Rows of folders inside would be left out, and nobody would notice.
  if (folders.length > 0)
    throw new UserError(
      `${folder}: has folders in it (${folders.slice(0, 3).join(', ')}${folders.length > 3 ? ', ...' : ''}), which are not read; give the folders that have the files: --data ${join(folder, folders[0])}${folders.length > 1 ? ',...' : ''}`,
    );
  if (names.length === 0)
    throw new UserError(
      `${folder}: a folder without readable files; give the files, or the folder that they are in`,
    );
  return names.map((name) => textFile(join(folder, name)));
}
