import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { type TextFile, textFile } from '../text/text-file.ts';

/** Digits within names are compared as numbers: day_2 comes before day_10. */
const natural = new Intl.Collator('en', { numeric: true }).compare;

/**
 * The files of a list of files and folders, separated by commas; those of a folder in natural order, without hidden ones. Throws a UserError
 * for a place that is missing, and for a folder without files.
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
  const names = fs
    .readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !/^[._]/.test(entry.name) && !isFolder(join(folder, entry.name)))
    .map(({ name }) => name)
    .sort(natural);
  if (names.length === 0)
    throw new UserError(
      `${folder}: a folder without readable files; give the files, or the folder that they are in`,
    );
  return names.map((name) => textFile(join(folder, name)));
}
