import type { Part } from '../../harness/contract/data.ts';

/** The rows of a part in every column file: `start`, `start + step`, ... */
export interface PartRange {
  readonly start: number;
  readonly rows: number;
  readonly step: number;
}

/** Past the last row of a part. */
export function endOf({ start, rows, step }: PartRange): number {
  return start + (rows - 1) * step + 1;
}

export interface Split {
  /** The training part is first, with step 1. */
  readonly parts: Readonly<Record<Part, PartRange>>;
  /**
   * The place of every row of the log in the column files, `none` for a row of no part; absent if the files keep all rows in
   * the order of the log.
   */
  readonly placeOfRow?: Uint32Array; // [rows of the log]
  /** True if a time of the rows decided, and not their order. */
  readonly byTime?: true;
  /** True if the days decided that the log comes in. */
  readonly byDay?: true;
  /** True if the log came without validation rows: a tenth of its training rows validates. */
  readonly validationFromTrain?: true;
}

/** Facts of the rows that a source may know. */
export interface RowFacts {
  readonly times?: Float64Array; // [rows]
  readonly parts?: Uint8Array; // [rows], index into `parts`
  /** Rows of each day of a log that comes in days, in their order. */
  readonly dayRows?: readonly number[];
  readonly sameLine?: Uint8Array; // [rows], 1 for a row of the line of the row before
}

/** Rows of all parts: less than those of the log if the split leaves some out. */
export function rowsOf({ parts: { train, validation, test } }: Split): number {
  return train.rows + validation.rows + test.rows;
}
