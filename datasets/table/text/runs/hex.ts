import { hexPair } from '../../../text/hex-pair.ts';
import { type ColumnRun, lineEnd, type RunContext, type RunParser } from './run-parser.ts';

/** Cells of exactly 8 hexadecimal digits, or empty, in quotes or without. */
export function hexRun({ first, count, base, step, last }: ColumnRun, context: RunContext): RunParser {
  const { rows, separator, quote, unusual } = context;
  const { words } = rows;
  return (bytes, view, p, to, row) => {
    let at = base + row;
    for (let left = count; left > 0; left--, at += step) {
      if (bytes[p] === separator) {
        words[at] = 0;
        p++;
        continue;
      }
      const begin = p;
      const quoted = bytes[p] === quote;
      if (quoted) p++;
      let whole = false;
      if (p + 8 < to) {
        const a = hexPair[view.getUint16(p)];
        const b = hexPair[view.getUint16(p + 2)];
        const c = hexPair[view.getUint16(p + 4)];
        const d = hexPair[view.getUint16(p + 6)];
        whole = (a | b | c | d) >= 0;
        if (whole) {
          words[at] = (a << 24) | (b << 16) | (c << 8) | d;
          p += 8;
        }
      }
      if (!whole) words[at] = 0; // the cell is empty, or unusual
      if (!quoted || bytes[p++] === quote) {
        if (bytes[p] === separator) {
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
