import { isNumber } from '../label-rule.ts';
import { timeOf } from '../text/time.ts';
import type { TimeForm } from '../schema.ts';

/** Facts of one column of a sample. */
export interface ColumnProfile {
  readonly name: string;
  /** Cells that are there. */
  readonly present: number;
  readonly missing: number;
  /** Different cells; counting ends at `mostDistinct`. */
  readonly distinct: number;
  /** Cells of each kind. A cell may be of several. */
  readonly numbers: number;
  readonly integers: number;
  /** Numbers with decimals other than zeros. */
  readonly decimals: number;
  /** Whole numbers written as floats: 12.0. */
  readonly paddedIntegers: number;
  /** Numbers, and texts that are one but for a decimal comma or blanks around it. */
  readonly almostNumbers: number;
  readonly hex8: number;
  readonly times: Readonly<Record<TimeForm, number>>;
  /** Cells of several values by the character between them, and the different values. */
  readonly several: Readonly<Record<string, { readonly cells: number; readonly values: number }>>;
  readonly min: number;
  readonly max: number;
  /** The cells, up to a few different ones, with their counts. */
  readonly values: ReadonlyMap<string, number>;
  /** The row of the first cell that is no integer, 0 if that is further on in the file; undefined if there is none. */
  readonly firstOther?: { readonly row: number; readonly cell: string };
  /** Words that often stand for a missing value, as they are found. */
  readonly missingWords: readonly string[];
}

export const mostDistinct = 200_000;
const mostValues = 20;
const missingWord = /^(null|nil|na|n\/a|nan|none|\\n|-|\?)$/i;
const separators = ['|', ';', '^'];

/** A number but for a decimal comma or blanks around it. */
export const isAlmostNumber = (cell: string): boolean => isNumber(cell.trim().replace(',', '.'));

/** Gathers the facts of a column cell by cell. */
export function columnProfiler(name: string) {
  const seen = new Set<string>();
  const values = new Map<string, number>();
  const words = new Map<string, number>();
  const pieces = separators.map(() => ({ cells: 0, values: new Set<string>() }));
  const counts = {
    present: 0,
    missing: 0,
    numbers: 0,
    integers: 0,
    decimals: 0,
    paddedIntegers: 0,
    almostNumbers: 0,
    hex8: 0,
  };
  const times: Record<TimeForm, number> = { number: 0, date: 0, YYMMDDHH: 0, YYYYMMDD: 0 };
  let [min, max] = [Infinity, -Infinity];
  let firstOther: ColumnProfile['firstOther'];
  return {
    add(cell: string | null, row: number): void {
      if (cell === null) return void counts.missing++;
      if (missingWord.test(cell)) words.set(cell, (words.get(cell) ?? 0) + 1);
      counts.present++;
      if (seen.size < mostDistinct) seen.add(cell);
      if (values.has(cell) || values.size < mostValues) values.set(cell, (values.get(cell) ?? 0) + 1);
      if (/^[0-9a-fA-F]{8}$/.test(cell)) counts.hex8++;
      if (isAlmostNumber(cell)) counts.almostNumbers++;
      if (isNumber(cell)) {
        const value = Number(cell);
        counts.numbers++;
        min = Math.min(min, value);
        max = Math.max(max, value);
        if (/^[+-]?[0-9]+$/.test(cell)) counts.integers++;
        else if (Number.isInteger(value)) counts.paddedIntegers++;
        else counts.decimals++;
      } else if (!missingWord.test(cell)) firstOther ??= { row, cell };
      for (const form of ['date', 'YYMMDDHH', 'YYYYMMDD'] as const)
        if (timeOf(cell, form) !== undefined) times[form]++;
      separators.forEach((separator, i) => {
        if (!cell.includes(separator))
          return void pieces[i].values.add(pieces[i].values.size < mostDistinct ? cell : '');
        pieces[i].cells++;
        for (const piece of cell.split(separator))
          if (pieces[i].values.size < mostDistinct) pieces[i].values.add(piece);
      });
    },
    profile: (): ColumnProfile => ({
      name,
      ...counts,
      distinct: seen.size,
      times: { ...times, number: counts.numbers },
      several: Object.fromEntries(
        separators.map((separator, i) => [
          separator,
          { cells: pieces[i].cells, values: pieces[i].values.size },
        ]),
      ),
      min,
      max,
      values,
      ...(firstOther && { firstOther }),
      missingWords: [...words.keys()],
    }),
  };
}
