import type { Comparison } from '../../raw-rows.ts';
import { publishedDay } from './published-days.ts';

/** Facts of a day that was read whole. */
export interface FoundDay {
  readonly day: number;
  readonly rows: number;
  /** Checksum of its text, decompressed (datasets/checksum.ts). */
  readonly text: string;
  readonly md5: string;
}

const number = (value: number) => value.toLocaleString('en-US');

/** Days beside what is published of them. Another number of rows is another md5, which is not named then. */
export function compareDays(found: readonly FoundDay[]): Comparison {
  const differences = found.flatMap(({ day, rows, md5 }) => {
    const expected = publishedDay(day);
    if (rows !== expected.rows)
      return [`day_${day}: ${number(rows)} rows, published ${number(expected.rows)}`];
    return md5 === expected.md5 ? [] : [`day_${day}: md5 ${md5}, published ${expected.md5}`];
  });
  return { compared: found.length === 0 ? [] : ['md5', 'rows'], differences };
}
