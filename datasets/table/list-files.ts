import fs from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { type TextFile, textFile } from '../text/text-file.ts';

/** Digits within names are compared as numbers: day_2 comes before day_10. */
const natural = new Intl.Collator('en', { numeric: true }).compare;

export interface Listing {
  /** Takes an empty file of a folder, which is then left out, as writers of many parts leave some; absent: it is refused. */
  readonly onEmpty?: (path: string) => void;
  /** Ends the message about a file that is missing. */
  readonly advice?: string;
}

/**
 * The files of a list of files and folders, separated by commas; those of a folder in natural order, without hidden ones. Throws a UserError
 * for a place that is missing, and for a folder without files or with folders in it.
 */
export function listFiles(list: string | readonly string[], listing: Listing = {}): readonly TextFile[] {
  const places =
    typeof list !== 'string'
      ? list
      : fs.existsSync(list)
        ? [list]
        : list.split(',').map((place) => place.trim());
  return places.flatMap((place) =>
    isFolder(place) ? filesOf(place, listing) : [textFile(place, listing.advice)],
  );
}

const isFolder = (place: string) => fs.statSync(place, { throwIfNoEntry: false })?.isDirectory() ?? false;

function filesOf(folder: string, { onEmpty }: Listing): TextFile[] {
  const shown = fs.readdirSync(folder).filter((name) => !/^[._]/.test(name));
  const folders = shown.filter((name) => isFolder(join(folder, name))).sort(natural);
  const names = shown.filter((name) => !folders.includes(name)).sort(natural);
  // Rows of folders inside would be left out, and nobody would notice.
  if (folders.length > 0)
    throw new UserError(
      `${folder}: has folders in it (${folders.slice(0, 3).join(', ')}${folders.length > 3 ? ', ...' : ''}), which are not read; give the folders that have the files: --data ${join(folder, folders[0])}${folders.length > 1 ? ',...' : ''}${folders[0].includes('=') ? `; ${folders[0]} in a name is no column` : ''}`,
    );
  if (names.length === 0)
    throw new UserError(
      `${folder}: a folder without readable files; give the files, or the folder that they are in`,
    );
  const paths = names.map((name) => join(folder, name));
  const empty = paths.filter((path) => onEmpty && fs.statSync(path, { throwIfNoEntry: false })?.size === 0);
  if (empty.length === paths.length)
    throw new UserError(`${folder}: all files in it are empty; download or unpack them again`);
  empty.forEach((path) => onEmpty!(path));
  return paths.filter((path) => !empty.includes(path)).map((path) => textFile(path));
}
