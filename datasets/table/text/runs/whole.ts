import { fourTimes, shortNumber } from './plain-bytes.ts';
import { missingInteger } from '../../../raw-rows.ts';
import { type ColumnRun, lineEnd, minus, type RunContext, type RunParser, zero } from './run-parser.ts';

/** Whole numbers of at most 9 digits, or empty, in quotes or without, into `values`: dense integers, or tokens of the form `integer`. */
export function wholeRun(
  { first, count, base, step, last }: ColumnRun,
  { separator, quote, unusual }: RunContext,
  values: Int32Array,
): RunParser {
  const pattern = fourTimes(separator);
  return (bytes, view, p, to, row) => {
    const readable = view.byteLength - 4;
    let at = base + row;
    for (let left = count; left > 0; left--, at += step) {
      const short = p <= readable ? shortNumber(view.getInt32(p, true), pattern) : -1;
      if (short >= 0) {
        values[at] = short === 0 ? missingInteger : short >> 2;
        p += (short & 3) + 1;
        continue;
      }
      const begin = p;
      let c = bytes[p];
      const quoted = c === quote;
      if (quoted) c = bytes[++p];
      const negative = c === minus;
      if (negative) c = bytes[++p];
      const digits = p;
      let value = 0;
      let digit;
      while ((digit = (c - zero) >>> 0) <= 9) {
        value = (Math.imul(value, 10) + digit) | 0;
        c = bytes[++p];
      }
      const length = p - digits;
      if (length <= 9 && (length > 0 || !negative) && (!quoted || c === quote)) {
        values[at] = length === 0 ? missingInteger : negative ? -value : value;
        if (quoted) c = bytes[++p];
        if (c === separator) {
          p++;
          continue;
        }
        if (left === 1 && last) {
          const end = lineEnd(bytes, p);
          if (end >= 0) return end;
        }
      }
      p = unusual(bytes, begin, to, first + count - left, row);
      if (p < 0) return p;
    }
    return p;
  };
}
