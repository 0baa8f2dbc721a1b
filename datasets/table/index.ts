/** The data set `table`: any click log of rows and columns, with roles of the columns given by flags or by a schema. */
import { dirname, isAbsolute, join } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { parts } from '../../harness/contract/data.ts';
import type { DatasetSpec } from '../dataset.ts';
import { textFile } from '../text/text-file.ts';
import { listFiles } from './list-files.ts';
import { tableFlags, type TableOptions, tableOptions } from './options.ts';
import type { TableSchema } from './schema.ts';
import type { SideFile } from './side/open-side.ts';
import { tableLog } from './table-log.ts';
import type { TableFile } from './table-source.ts';
import { schemaOf } from './written-schema.ts';

export const table: DatasetSpec<typeof tableOptions> = {
  name: 'table',
  title: 'a click log of any columns: CSV, TSV, another separator, or Parquet',
  options: tableOptions,
  flags: tableFlags,
  raw(options) {
    const schema = schemaOf(options);
    const notes: string[] = [];
    const files = filesOf(options, schema, (path) => notes.push(`${path}: an empty file, left out`));
    return { ...tableLog(files, schema, options.maxBadLines, sideFilesOf(options, schema)), notes };
  },
};

/** Files of side tables: those of a schema lie beside it. */
function sideFilesOf(options: TableOptions, { side }: TableSchema): readonly SideFile[] {
  return side.map((schema) => ({
    schema,
    file: textFile(beside(options, schema.file), 'check the path of "side" in the schema'),
  }));
}

/** A path of a schema: relative ones begin where the schema is. */
const beside = ({ schema }: TableOptions, place: string) =>
  isAbsolute(place) || schema === undefined ? place : join(dirname(schema), place);

/** All files in the order in which they are read. Those of a schema lie beside it. Throws a UserError if there are none. */
function filesOf(
  options: TableOptions,
  { files }: TableSchema,
  onEmpty: (path: string) => void,
): readonly TableFile[] {
  const written = (places: string | readonly string[] | undefined) =>
    places === undefined ? undefined : [places].flat().map((place) => beside(options, place));
  const train = options.data ?? written(files?.train);
  if (train === undefined)
    throw new UserError(
      'table needs a log: --data FILE, several with commas between, or "files" in its schema',
    );
  const others = {
    validation: options.validationData ?? written(files?.validation),
    test: options.testData ?? written(files?.test),
  };
  const split = others.validation !== undefined || others.test !== undefined;
  const all = parts.flatMap((part, number) => {
    const places = part === 'train' ? train : others[part];
    if (places === undefined) return [];
    const given = { train: options.data, validation: options.validationData, test: options.testData }[part];
    const advice =
      given === undefined
        ? `check "files" in ${options.schema}`
        : part === 'train'
          ? undefined
          : `check the path given with --${part}-data`;
    return listFiles(places, { onEmpty, ...(advice && { advice }) }).map((file) => ({
      file,
      ...(split && { part: number }),
    }));
  });
  requireOnce(all);
  return all;
}

/** Rows that are there twice would be trained on twice, or be in two parts. */
function requireOnce(files: readonly TableFile[]): void {
  const seen = new Set<string>();
  for (const { file } of files) {
    if (seen.has(file.realPath)) throw new UserError(`${file.path}: is given twice; give each file once`);
    seen.add(file.realPath);
  }
}
