import { missingInteger } from '../../../raw-rows.ts';
import { type ColumnRun, lineEnd, minus, type RunContext, type RunParser, zero } from './run-parser.ts';

/** Whole numbers of at most 9 digits, or empty, into `values`: dense integers, or tokens of the form `integer`. */
export function wholeRun(
  { first, count, base, step, last }: ColumnRun,
  { separator, unusual }: RunContext,
  values: Int32Array,
): RunParser {
  return (bytes, _view, p, to, row) => {
    let at = base + row;
    cells: for (let left = count; left > 0; left--, at += step) {
      let c = bytes[p];
      if (c === separator) {
        values[at] = missingInteger;
        p++;
        continue;
      }
      const begin = p;
      const negative = c === minus;
      if (negative) c = bytes[++p];
      const digits = p;
      let value = c - zero;
      if (value >>> 0 <= 9) {
        while ((c = bytes[++p]) !== separator) {
          const digit = c - zero;
          if (digit >>> 0 > 9) break;
          value = (Math.imul(value, 10) + digit) | 0;
        }
        if (p - digits <= 9) {
          values[at] = negative ? -value : value;
          if (c === separator) {
            p++;
            continue cells;
          }
          if (left === 1 && last) {
            const end = lineEnd(bytes, p);
            if (end >= 0) return end;
          }
        }
      }
      if (left === 1 && last && p === begin) {
        const end = lineEnd(bytes, p);
        if (end >= 0) {
          values[at] = missingInteger;
          return end;
        }
      }
      p = unusual(bytes, begin, to, first + count - left, row);
      if (p < 0) return p;
    }
    return p;
  };
}
