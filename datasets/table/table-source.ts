import { basename } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import type { RawBlock, RawSource } from '../raw-rows.ts';
import { type BadLines, noBadLines } from '../text/bad-lines.ts';
import { requireUnchanged, type TextFile } from '../text/text-file.ts';
import { openReader } from './open-reader.ts';
import type { ResolvedColumns, TableReader } from './reader.ts';
import { resolveColumns } from './resolve.ts';
import type { TableSchema } from './schema.ts';

/** A file of the log; `part` is an index into `parts` if the log comes split. */
export interface TableFile {
  readonly file: TextFile;
  readonly part?: number;
}

/** The first file with its columns: wrong names are found before anything is read. */
export function firstColumns({ file }: TableFile, schema: TableSchema): ResolvedColumns {
  return opened(file, schema).columns;
}

function opened(file: TextFile, schema: TableSchema): { reader: TableReader; columns: ResolvedColumns } {
  const reader = openReader(file, schema);
  return { reader, columns: resolveColumns(schema, reader.columns, file.path) };
}

interface TableReading {
  readonly maxBadLines: number;
  readonly onRead: (bytes: number, path: string) => void;
  /** Takes the text of a file, decompressed, and its number; a binary file has none. */
  readonly onText?: (bytes: Uint8Array, file: number) => void;
}

/** All files of a table, one after the other, as a stream of blocks. Its errors name file, line and column. */
export function tableSource(
  files: readonly TableFile[],
  schema: TableSchema,
  columns: ResolvedColumns,
  { maxBadLines, onRead, onText }: TableReading,
): RawSource {
  let badLines: BadLines = noBadLines(maxBadLines);
  let content = checksum();

  async function* blocks(): AsyncGenerator<RawBlock> {
    badLines = noBadLines(maxBadLines);
    content = checksum();
    let before = 0;
    for (const [number, { file, part }] of files.entries()) {
      const { reader, columns: own } = opened(file, schema);
      requireSame(own, columns, file.path, files[0].file.path);
      yield* reader.blocks(own, {
        badLines,
        ...(part !== undefined && { part }),
        onRead: (bytes) => onRead(before + bytes, file.path),
        onContent(bytes) {
          content.update(bytes);
          if (reader.stored === undefined) onText?.(bytes, number);
        },
      });
      requireUnchanged(file);
      before += file.bytes;
    }
  }

  return {
    dense: columns.numeric.map(({ name, form, transform }) => ({
      name,
      kind: form === 'integer' ? 'integer' : 'float',
      ...(transform && { transform }),
    })),
    fields: [
      ...columns.categorical.map(({ name, form, several }) => ({
        name,
        kind: form === 'text' ? ('text' as const) : ('integer32' as const),
        ...(several && { pool: several.pool }),
      })),
      ...columns.derived.map(({ name }) => ({ name, kind: 'integer32' as const })),
    ],
    blocks,
    origin: () => ({
      name: basename(files[0].file.path) + (files.length > 1 ? ` and ${files.length - 1} more` : ''),
      checksum: content.digest(),
      badLines: badLines.count,
      firstBadLines: badLines.first,
    }),
  };
}

/** Files of one table have the same features, in any order of their columns as long as the features have one order. */
function requireSame(own: ResolvedColumns, first: ResolvedColumns, path: string, firstPath: string): void {
  const names = ({ numeric, categorical }: ResolvedColumns) =>
    [...numeric, ...categorical].map(({ name }) => name).join();
  if (names(own) !== names(first))
    throw new UserError(
      `${path}: other columns, or in another order, than ${firstPath}: give files of one table`,
    );
}
