import { canonicalJson } from '../../base/canonical-json.ts';
import { type Part, parts } from '../../harness/contract/data.ts';
import type { RawLog } from '../dataset.ts';
import type { RawSource } from '../raw-rows.ts';
import type { TableSchema } from './schema.ts';
import { firstColumns, type TableFile, tableSource } from './table-source.ts';

/** Takes the text of a file of a table, decompressed, its number and its part. Binary files have no text. */
export type OnText = (bytes: Uint8Array, file: number, part: Part) => void;

/** A table before it is read. */
export interface TableLog extends RawLog {
  source(onProgress: (fraction: number, message: string) => void, onText?: OnText): RawSource;
}

/** Files of one table under a schema. Throws a UserError for columns that the first file does not have. */
export function tableLog(files: readonly TableFile[], schema: TableSchema, maxBadLines: number): TableLog {
  const columns = firstColumns(files[0], schema);
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
    },
    maxBadLines,
    source: (onProgress, onText) =>
      tableSource(files, schema, columns, {
        maxBadLines,
        onRead: (bytes, path) => onProgress(bytes / total, `reading ${path}`),
        onText: onText && ((bytes, file) => onText(bytes, file, parts[files[file].part ?? 0])),
      }),
  };
}
