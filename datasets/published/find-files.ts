import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { shellWord } from '../../base/shell-word.ts';
import { UserError } from '../../base/user-error.ts';
import { parts } from '../../harness/contract/data.ts';
import { listFiles } from '../table/list-files.ts';
import type { TableFile } from '../table/table-source.ts';
import { type TextFile, textFile } from '../text/text-file.ts';
import type { PartFiles } from './preset-files.ts';

/** The places that the user gives: a folder or files under `data`, files of the other parts. */
export interface Places {
  readonly data?: string;
  readonly validationData?: string;
  readonly testData?: string;
}

/** Flags of the files of each part; those of validation and test may stand beside a folder. */
const flags = ['--data', '--validation-data', '--test-data'];
/** Endings of the forms in which a published file may lie in a folder; Parquet has the same columns. */
const endings = ['', '.gz', '.zst'];

/**
 * The files of a published log with their parts, in the order in which they are read. Throws a UserError that names all files that a folder
 * lacks, or says that nothing was given.
 */
export function findFiles(
  name: string,
  published: PartFiles,
  { data, validationData, testData }: Places,
): readonly TableFile[] {
  const names = parts.map((part) => [published[part] ?? []].flat());
  if (data === undefined)
    throw new UserError(
      `${name} needs its files: --data FOLDER with ${names.flat().join(', ')}, or --data FILE (docs/data.md names the source)`,
    );
  const given = [undefined, validationData, testData];
  const folder = fs.statSync(data, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const missing: { readonly file: string; readonly flag: string }[] = [];
  const places = parts.map((_, p): string | readonly string[] | undefined => {
    if (given[p] !== undefined) return given[p];
    if (!folder) return p === 0 ? data : undefined;
    return names[p].flatMap((file) => inFolder(data, file) ?? (missing.push({ file, flag: flags[p] }), []));
  });
  if (missing.length > 0) {
    const files = missing.map(({ file }) => file);
    throw new UserError(lackingText(name, data, files, [...new Set(missing.map(({ flag }) => flag))]));
  }
  const found = places.map((place, p) =>
    place === undefined || place.length === 0
      ? []
      : listFiles(place, p === 0 ? {} : { advice: `check the path given with ${flags[p]}` }),
  );
  const split = found.some((files, p) => p > 0 && files.length > 0);
  return found.flatMap((files, part) => files.map((file) => ({ file, ...(split && { part }) })));
}

/** The file of this name in whatever form the folder has. */
function inFolder(folder: string, file: string): string | undefined {
  const stem = file.replace(/\.[a-z]+$/, '');
  // Kaggle packs train.csv as train.gz.
  const forms = [...endings.map((ending) => file + ending), `${stem}.parquet`, `${stem}.gz`];
  return forms.map((form) => join(folder, form)).find((path) => fs.existsSync(path));
}

/** A side table in the folder of the log. Throws a UserError if it is not there. */
export function besideLog(name: string, [{ file }]: readonly TableFile[], side: string): TextFile {
  const folder = dirname(file.path);
  return textFile(inFolder(folder, side) ?? join(folder, side), `${name} needs it in the folder of its log`);
}

/** The message about files that a folder lacks: their names, what else is there, and the flags that take files of other names. */
export function lackingText(
  name: string,
  folder: string,
  missing: readonly string[],
  flags: readonly string[] = ['--data'],
): string {
  const there = fs.readdirSync(folder).filter((file) => !file.startsWith('.'));
  const zipped = there.filter((file) => /\.zip$/i.test(file));
  if (zipped.length > 0) return `${join(folder, zipped[0])}: is a zip archive: unzip it first`;
  const shown = `${there.slice(0, 6).join(', ')}${there.length > 6 ? ', ...' : ''}`;
  const otherwise =
    there.length === 0
      ? 'the folder is empty: download them, or give the folder that has them'
      : `there are ${shown}: if the log has another name, give it with ${flags.map((flag) => `${flag} ${shellWord(join(folder, 'FILE'))}`).join(' ')}`;
  return `${folder}: ${name} needs ${missing.join(', ')} there, plain, .gz, .zst or .parquet; ${otherwise}`;
}

/** The reason why a single file has no parts, in a data set that comes split; undefined if it has parts or need not. */
export function lacksParts(
  name: string,
  published: PartFiles,
  found: readonly TableFile[],
): string | undefined {
  const others = [published.validation, published.test].flat().filter((file) => file !== undefined);
  if (others.length === 0 || found.some(({ part }) => part !== undefined)) return undefined;
  return (
    `${found[0].file.path}: ${name} comes split into ${[published.train, ...others].flat().join(', ')}: give their folder, --data FOLDER, ` +
    'or the others with --validation-data and --test-data, or split this file with --protocol random'
  );
}
