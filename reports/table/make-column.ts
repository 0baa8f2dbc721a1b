import type { CompletedRun } from '../../results/record.ts';
import type { CellValue, Column, ColumnType, Row } from './column.ts';

/** A column of every run. */
export const all = (
  name: string,
  type: ColumnType,
  about: string,
  of: Column['of'],
  unit?: string,
): Column => ({
  ...{ name, type, about, of },
  ...(unit && { unit }),
});

/** A column of completed runs; null in others, and in records that are older than the number. */
export const completed = (
  name: string,
  type: ColumnType,
  about: string,
  of: (run: CompletedRun, row: Row) => CellValue | undefined,
  unit?: string,
): Column =>
  all(name, type, about, (row) => (row.run.status === 'completed' ? (of(row.run, row) ?? null) : null), unit);

/** A value as text; null for none. */
export const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
