import { z } from 'zod';
import type { Part, Protocol } from '../../harness/contract/data.ts';
import { UserError } from '../../base/user-error.ts';
import type { DatasetSpec } from '../dataset.ts';
import { tableFlags, tableOptions } from '../table/options.ts';
import { tableSchema, type WrittenSchema } from '../table/schema.ts';
import { recognise } from '../table/recognise.ts';
import { tableLog } from '../table/table-log.ts';
import { checkedSource, logCheck } from './checked-source.ts';
import { besideLog, findFiles, lacksParts } from './find-files.ts';
import type { PartFiles } from './preset-files.ts';
import type { Published } from './published.ts';

/** A published log: the schema of its columns, the names of its files, and what is published of them. */
export interface Preset {
  readonly name: string;
  readonly title: string;
  /** Columns and roles, as a user would write them. Side tables lie beside the log. */
  readonly schema: WrittenSchema;
  readonly files: PartFiles;
  readonly protocol: Protocol;
  /** Shares of the parts under `protocol`, if not its own. */
  readonly shares?: Readonly<Record<Part, number>>;
  /** Every edition that this schema reads. */
  readonly published: readonly Published[];
}

const { maxBadLines, validationData, testData } = tableOptions.shape;
const data = z.coerce
  .string()
  .optional()
  .describe('file, or the folder of the files under their published names');
const oneFile = z.strictObject({ data, maxBadLines });
const splitFiles = z.strictObject({ data, validationData, testData, maxBadLines });

/** A data set whose rows the table's readers read: text, .gz, .zst, or Parquet of the same columns. */
export function preset({
  name,
  title,
  schema: written,
  files,
  protocol,
  shares,
  published,
}: Preset): DatasetSpec {
  const schema = tableSchema.parse(written);
  const split = files.validation !== undefined || files.test !== undefined;
  const options = split ? splitFiles : oneFile;
  return {
    name,
    title,
    options,
    flags: {
      data: tableFlags.data,
      ...(split && { validationData: tableFlags.validationData, testData: tableFlags.testData }),
      maxBadLines: tableFlags.maxBadLines,
    },
    protocol,
    published,
    ...(shares && { shares }),
    raw: (given) => {
      const { maxBadLines, ...places } = options.parse(given);
      const found = findFiles(name, files, places);
      for (const { file } of found) refuseOtherForm(name, file.path);
      const sides = schema.side.map((side) => ({ schema: side, file: besideLog(name, found, side.file) }));
      const log = tableLog(found, schema, maxBadLines, sides);
      const alone = lacksParts(name, files, found);
      return {
        ...log,
        ...(alone !== undefined && { lacksParts: alone }),
        source(onProgress) {
          const check = logCheck(published);
          return checkedSource(log.source(onProgress, check.text), check);
        },
      };
    },
  };
}

/** Throws a UserError for a file whose first bytes show another published form, with the command that reads it. */
function refuseOtherForm(name: string, path: string): void {
  const found = recognise(path);
  if (found?.datasets?.includes(name) === false)
    throw new UserError(`${path}: is ${found.what}, not a file of ${name}; read it with ${found.command}`);
}
