import { basename } from 'node:path';
import { UserError } from '../../base/user-error.ts';
import { checksum } from '../checksum.ts';
import type { DenseColumn, Origin, RawBlock, RawSource, TokenColumn } from '../raw-rows.ts';
import { type BadLines, noBadLines } from '../text/bad-lines.ts';
import { requireUnchanged, type TextFile } from '../text/text-file.ts';
import { type CountSums, impressionRows } from './impressions.ts';
import { openReader } from './open-reader.ts';
import type { CategoricalColumn, NumericColumn, ResolvedColumns, TableReader } from './reader.ts';
import { resolveColumns } from './resolve.ts';
import type { TableSchema } from './schema.ts';
import { type JoinedSide, joinSides } from './side/join-sides.ts';
import { type OpenSide, openSide, requireNames, type SideFile, withKeys } from './side/open-side.ts';
import { requireFound } from './side/require-found.ts';
import { loadSide } from './side/side-table.ts';
import { missingToken } from './text/row-buffer.ts';

/** A file of the log; `part` is an index into `parts` if the log comes split. */
export interface TableFile {
  readonly file: TextFile;
  readonly part?: number;
}

/** A table whose files are open as far as their headers: wrong names are found before anything is read. */
export interface OpenTable {
  readonly files: readonly TableFile[];
  readonly schema: TableSchema;
  readonly sides: readonly OpenSide[];
  /** Those of the first file. */
  readonly columns: ResolvedColumns;
}

export function openTable(
  files: readonly TableFile[],
  schema: TableSchema,
  sideFiles: readonly SideFile[],
): OpenTable {
  const [{ file }] = files;
  const { columns } = opened(file, schema, []);
  const sides = sideFiles.map(openSide);
  requireNames(columns, file.path, sides);
  opened(file, schema, sides);
  return { files, schema, sides, columns };
}

/** A file with its columns, and the columns that its reader takes: keys of side tables are behind the categorical ones. */
function opened(file: TextFile, schema: TableSchema, sides: readonly OpenSide[]) {
  const reader: TableReader = openReader(file, schema);
  const columns = resolveColumns(schema, reader.columns, file.path);
  const missing = schema.missing.filter((cell) => cell !== '');
  return { reader, columns, ...withKeys(columns, reader.columns, file.path, { sides, missing }) };
}

interface TableReading {
  readonly maxBadLines: number;
  readonly onRead: (bytes: number, path: string) => void;
  /** Takes the text of a file, decompressed, and its number; a binary file has none. */
  readonly onText?: (bytes: Uint8Array, file: number) => void;
}

/** All files of a table, one after the other, as a stream of blocks. Its errors name file, line and column. */
export function tableSource(
  { files, schema, sides, columns }: OpenTable,
  { maxBadLines, onRead, onText }: TableReading,
): RawSource {
  let badLines: BadLines = noBadLines(maxBadLines);
  let content = checksum();
  let joined: JoinedSide[] = [];
  let sums: CountSums = { lines: 0, impressions: 0, clicks: 0 };

  async function* blocks(): AsyncGenerator<RawBlock> {
    badLines = noBadLines(maxBadLines);
    content = checksum();
    sums = { lines: 0, impressions: 0, clicks: 0 };
    joined = [];
    for (const side of sides)
      joined.push({
        table: await loadSide(side, { badLines, onContent: (bytes) => content.update(bytes) }),
        key: 0,
        lacking: 0,
      });
    let before = 0;
    let lines = 0;
    for (const [number, { file, part }] of files.entries()) {
      const { reader, columns: own, keys, read } = opened(file, schema, sides);
      requireSame(own, columns, file.path, files[0].file.path);
      joined.forEach((side, i) => (side.key = keys[i]));
      for await (const block of reader.blocks(read, {
        badLines,
        ...(part !== undefined && { part }),
        onRead: (bytes) => onRead(before + bytes, file.path),
        onContent(bytes) {
          content.update(bytes);
          if (reader.stored === undefined) onText?.(bytes, number);
        },
      })) {
        lines += block.size;
        const whole = joined.length > 0 ? joinSides(block, own, joined) : block;
        yield whole.counts ? impressionRows(whole, sums) : whole;
      }
      requireUnchanged(file);
      before += file.bytes;
    }
    for (const [i, side] of joined.entries())
      if (side.lacking === lines) await requireFound(sides[i], files[0].file, schema);
  }

  return {
    dense: [columns, ...sides.map(({ features }) => features)].flatMap(({ numeric }) =>
      numeric.map(denseColumn),
    ),
    fields: [
      ...columns.categorical.map(tokenColumn),
      ...columns.derived.map(({ name }) => ({ name, kind: 'integer32' as const })),
      ...sides.flatMap(({ features }) => features.categorical.map(tokenColumn)),
    ],
    blocks,
    origin: (): Origin => ({
      name: basename(files[0].file.path) + (files.length > 1 ? ` and ${files.length - 1} more` : ''),
      checksum: content.digest(),
      badLines: badLines.count,
      firstBadLines: badLines.first,
      ...(schema.counts && { counts: sums }),
      ...(sides.length > 0 && {
        sides: sides.map(({ file, column }, i) => {
          const { table, lacking } = joined[i];
          return { file: basename(file.path), column, rows: table.rows, bytes: table.bytes, lacking };
        }),
      }),
    }),
  };
}

const denseColumn = ({ name, form, transform }: NumericColumn): DenseColumn => ({
  name,
  kind: form === 'integer' ? 'integer' : 'float',
  ...(transform && { transform }),
});

const tokenColumn = ({ name, form, several }: CategoricalColumn): TokenColumn => ({
  name,
  kind: form === 'text' ? 'text' : 'integer32',
  ...(form === 'hex' && { written: 'hex' as const }),
  ...(missingToken(form) !== 0 && { missing: missingToken(form) }),
  ...(several && { pool: several.pool }),
});

/** Files of one table have the same features, in any order of their columns as long as the features have one order. */
function requireSame(own: ResolvedColumns, first: ResolvedColumns, path: string, firstPath: string): void {
  const names = ({ numeric, categorical }: ResolvedColumns) =>
    [...numeric, ...categorical].map(({ name }) => name).join();
  if (names(own) !== names(first))
    throw new UserError(
      `${path}: other columns, or in another order, than ${firstPath}: give files of one table`,
    );
}
