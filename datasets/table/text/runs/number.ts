import { fourTimes, shortNumber } from './plain-bytes.ts';
import {
  type ColumnRun,
  lineEnd,
  minus,
  point,
  type RunContext,
  type RunParser,
  zero,
} from './run-parser.ts';

/** Digits whose value a double holds exactly; a quotient of two exact doubles is rounded once. */
const mostDigits = 15;
const powersOfTen = Float64Array.from({ length: mostDigits + 1 }, (_, k) => 10 ** k);

/** Decimal numbers of at most 15 digits without an exponent, or empty, in quotes or without, as 32-bit floats. */
export function numberRun({ first, count, base, step, last }: ColumnRun, context: RunContext): RunParser {
  const { rows, separator, quote, unusual } = context;
  const { floats } = rows;
  const pattern = fourTimes(separator);
  return (bytes, view, p, to, row) => {
    const readable = view.byteLength - 4;
    let at = base + row;
    for (let left = count; left > 0; left--, at += step) {
      const short = p <= readable ? shortNumber(view.getInt32(p, true), pattern) : -1;
      if (short >= 0) {
        floats[at] = short === 0 ? NaN : short >> 2;
        p += (short & 3) + 1;
        continue;
      }
      const begin = p;
      let c = bytes[p];
      const quoted = c === quote;
      if (quoted) c = bytes[++p];
      const content = p;
      const negative = c === minus;
      if (negative) c = bytes[++p];
      let digits = p;
      let value = 0;
      let decimals = 0;
      let digit;
      while ((digit = (c - zero) >>> 0) <= 9) {
        value = value * 10 + digit;
        c = bytes[++p];
      }
      if (c === point) {
        digits++; // the point is none of them
        c = bytes[++p];
        const decimalsBegin = p;
        while ((digit = (c - zero) >>> 0) <= 9) {
          value = value * 10 + digit;
          c = bytes[++p];
        }
        decimals = p - decimalsBegin;
      }
      const length = p - digits;
      if (length <= mostDigits && (length > 0 || p === content) && (!quoted || c === quote)) {
        const size = decimals === 0 ? value : value / powersOfTen[decimals];
        floats[at] = length === 0 ? NaN : negative ? -size : size;
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
