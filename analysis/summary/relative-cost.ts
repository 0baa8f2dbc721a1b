import { median } from '../statistics/estimates.ts';
import type { CompletedRow } from './rows.ts';

/** A cost of a row as a multiple of the baseline's; undefined if one of the two is not known. */
type Relative = (
  row: Pick<CompletedRow, 'trainSeconds' | 'estimates'>,
  full: Pick<CompletedRow, 'trainSeconds' | 'estimates'> | undefined,
) => number | undefined;

/** Seconds of training. Both rows are of one comparison. */
export const trainTimesFull: Relative = (row, full) =>
  row.trainSeconds && full?.trainSeconds ? row.trainSeconds.value / full.trainSeconds.value : undefined;

/** Samples per second of scoring. */
export const inferenceTimesFull: Relative = (row, full) =>
  row.estimates.inferenceSpeed && full?.estimates.inferenceSpeed
    ? row.estimates.inferenceSpeed.value / full.estimates.inferenceSpeed.value
    : undefined;

/** The median over the rows of a series; undefined if none has a number. */
export function overBudgets(
  rows: readonly CompletedRow[],
  of: (row: CompletedRow) => number | undefined,
): number | undefined {
  const values = rows.flatMap((row) => of(row) ?? []);
  return values.length === 0 ? undefined : median(values);
}
