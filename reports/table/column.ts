import type { Environment } from '../../results/environment.ts';
import type { RunRecord } from '../../results/record.ts';

/** A run, and the recording that it is in. */
export interface Row {
  readonly run: RunRecord;
  readonly environment: Environment;
}

/** Types of columns; `int` is exact to 2^53, `json` is text that holds one JSON value, `time` is in UTC. */
export type ColumnType = 'text' | 'int' | 'double' | 'boolean' | 'time' | 'json';

export type CellValue = string | number | boolean | Date | null;

/** A column of the flat table: what it means is documented from `about`. */
export interface Column {
  /** Small letters and underscores, so that no query needs quotes. */
  readonly name: string;
  readonly type: ColumnType;
  /** The unit, or undefined where it has none. */
  readonly unit?: string;
  readonly about: string;
  /** Null where the record has no such number: a run that did not complete, or an older record. */
  readonly of: (row: Row) => CellValue;
}
