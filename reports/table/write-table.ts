import { resolve } from 'node:path';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { UserError } from '../../base/user-error.ts';
import { writeWhole } from '../../files/whole-file.ts';
import { readRecording } from '../../results/store.ts';
import type { CellValue, ColumnType, Row } from './column.ts';
import { columns } from './columns.ts';

/** Parquet's types of ours. */
const parquetTypes = {
  text: 'STRING',
  json: 'STRING',
  int: 'INT64',
  double: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
} as const satisfies Record<ColumnType, string>;

/**
 * Writes the runs of recordings as one flat table, a row for each run, to `file`, whose ending says how: .parquet or .csv. Returns the
 * number of rows. Throws a UserError for another ending, and for recordings without runs.
 */
export function writeTable(recordings: readonly string[], file: string): number {
  const write = file.endsWith('.parquet') ? parquetOf : file.endsWith('.csv') ? csvOf : undefined;
  if (write === undefined) throw new UserError(`--out ${file}: its name has to end in .parquet or .csv`);
  const twice = recordings.find((one, i) => recordings.slice(0, i).some((before) => resolve(before) === resolve(one))); // prettier-ignore
  if (twice !== undefined)
    throw new UserError(`${twice}: is named twice, and its runs would count twice; name it once`);
  const rows = recordings.flatMap((directory) => rowsOf(directory));
  if (rows.length === 0)
    throw new UserError(`${recordings.join(', ')}: no runs; recordings of --suite throughput have none`);
  writeWhole(file, write(rows), { otherwise: 'choose another --out' });
  return rows.length;
}

/** The runs of a recording with what its columns are made of. */
export function rowsOf(directory: string): Row[] {
  const { environment, runs } = readRecording(directory);
  return runs.map((run) => ({ run, environment }));
}

export function parquetOf(rows: readonly Row[]): Uint8Array {
  const columnData = columns.map(({ name, type, of }) => ({
    ...{ name, type: parquetTypes[type], nullable: true },
    data: rows.map((row) => parquetCell(of(row), type)),
  }));
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

const parquetCell = (value: CellValue, type: ColumnType) =>
  value !== null && type === 'int' ? BigInt(value as number) : value;

/** RFC 4180, with a heading. Empty cells are nulls; an empty text is in quotes. */
export function csvOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(({ of }) => csvCell(of(row))).join(','));
  return `${[columns.map(({ name }) => name).join(','), ...lines].join('\n')}\n`;
}

function csvCell(value: CellValue): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString();
  const text = String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
