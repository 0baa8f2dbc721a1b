import { UserError } from '../../../base/user-error.ts';
import { quoted } from '../../text/cell-text.ts';
import type { TextFile } from '../../text/text-file.ts';
import { openReader } from '../open-reader.ts';
import type { TableReader } from '../reader.ts';
import type { TableSchema } from '../schema.ts';
import type { OpenSide } from './open-side.ts';

/** Throws a UserError for a side table that has no row of the log, with one key of each: their forms differ, or their files do. */
export async function requireFound(
  { file, key, column, reader }: OpenSide,
  log: TextFile,
  schema: TableSchema,
): Promise<never> {
  const own = openReader(log, schema);
  const name = own.columns.indexOf(column);
  const ofLog = await firstCell(own, name < 0 ? Number(column) - 1 : name);
  const ofSide = await firstCell(reader, key.at);
  throw new UserError(
    `${file.path}: no row of the log has its key in it: column ${column} of ${log.path} has ${ofLog}, column ${key.name} has ${ofSide}; write both alike, or name other columns`,
  );
}

/** The first cell of a column that is not missing. */
async function firstCell(reader: TableReader, at: number): Promise<string> {
  for await (const { cells } of reader.sample()) {
    const cell = cells[at];
    if (cell !== null && cell !== '') return quoted(cell);
  }
  return 'no value';
}
