import { missingInteger } from '../../../raw-rows.ts';
import { type ColumnRun, lineEnd, minus, type RunContext, type RunParser, zero } from './run-parser.ts';

/** Whole numbers of at most 9 digits, or empty, in quotes or without, into `values`: dense integers, or tokens of the form `integer`. */
export function wholeRun(
  { first, count, base, step, last }: ColumnRun,
  { separator, quote, unusual }: RunContext,
  values: Int32Array,
): RunParser {
  return (bytes, _view, p, to, row) => {
    let at = base + row;
    for (let left = count; left > 0; left--, at += step) {
      let c = bytes[p];
      if (c === separator) {
        values[at] = missingInteger;
        p++;
        continue;
      }
      const begin = p;
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
