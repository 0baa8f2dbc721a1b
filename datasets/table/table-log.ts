import { canonicalJson } from '../../base/canonical-json.ts';
import { type Part, parts } from '../../harness/contract/data.ts';
import type { RawLog } from '../dataset.ts';
import type { RawSource } from '../raw-rows.ts';
import type { TableSchema } from './schema.ts';
import type { SideFile } from './side/open-side.ts';
import { openTable, type TableFile, tableSource } from './table-source.ts';

/** Takes the text of a file of a table, decompressed, its number and its part. Binary files have no text. */
export type OnText = (bytes: Uint8Array, file: number, part: Part) => void;

/** A table before it is read. */
export interface TableLog extends RawLog {
  source(onProgress: (fraction: number, message: string) => void, onText?: OnText): RawSource;
}

/** Files of one table under a schema. Throws a UserError for columns that the first file or a side table does not have. */
export function tableLog(
  files: readonly TableFile[],
  schema: TableSchema,
  maxBadLines: number,
  sides: readonly SideFile[] = [],
): TableLog {
  const opened = openTable(files, schema, sides);
  const total = files.reduce((sum, { file }) => sum + file.bytes, 0);
  return {
    key: {
      schema: canonicalJson({ ...schema, files: undefined }),
      ...Object.fromEntries(
        files.map(({ file, part }, i) => [
          `file ${i}`,
          canonicalJson([file.realPath, file.bytes, file.modifiedMs, part ?? null]),
        ]),
      ),
      ...Object.fromEntries(
        sides.map(({ file }, i) => [
          `side ${i}`,
          canonicalJson([file.realPath, file.bytes, file.modifiedMs]),
        ]),
      ),
    },
    maxBadLines,
    source: (onProgress, onText) =>
      tableSource(opened, {
        maxBadLines,
        onRead: (bytes, path) => onProgress(bytes / total, `reading ${path}`),
        onText: onText && ((bytes, file) => onText(bytes, file, parts[files[file].part ?? 0])),
      }),
  };
}
