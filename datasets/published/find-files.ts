import fs from 'node:fs';
import { dirname, join } from 'node:path';
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
  const missing: string[] = [];
  const places = parts.map((_, p): string | readonly string[] | undefined => {
    if (given[p] !== undefined) return given[p];
    if (!folder) return p === 0 ? data : undefined;
    return names[p].flatMap((file) => inFolder(data, file) ?? (missing.push(file), []));
  });
  if (missing.length > 0) throw new UserError(lacking(name, data, missing));
  const found = places.map((place) => (place === undefined || place.length === 0 ? [] : listFiles(place)));
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

function lacking(name: string, folder: string, missing: readonly string[]): string {
  const zipped = fs.readdirSync(folder).filter((file) => /\.zip$/i.test(file));
  if (zipped.length > 0) return `${join(folder, zipped[0])}: is a zip archive: unzip it first`;
  return (
    `${folder}: ${name} needs ${missing.join(', ')} there, plain, .gz, .zst or .parquet: ` +
    'download them, or name the files with --data'
  );
}
