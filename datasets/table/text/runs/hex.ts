import { hexPair } from '../../../text/hex-pair.ts';
import { type ColumnRun, lineEnd, type RunContext, type RunParser } from './run-parser.ts';

/** Cells of exactly 8 hexadecimal digits, or empty. */
export function hexRun({ first, count, base, step, last }: ColumnRun, context: RunContext): RunParser {
  const { rows, separator, unusual } = context;
  const { words } = rows;
  return (bytes, view, p, to, row) => {
    let at = base + row;
    for (let left = count; left > 0; left--, at += step) {
      if (bytes[p] === separator) {
        words[at] = 0;
        p++;
        continue;
      }
      if (p + 8 < to) {
        const a = hexPair[view.getUint16(p)];
        const b = hexPair[view.getUint16(p + 2)];
        const c = hexPair[view.getUint16(p + 4)];
        const d = hexPair[view.getUint16(p + 6)];
        if ((a | b | c | d) >= 0) {
          words[at] = (a << 24) | (b << 16) | (c << 8) | d;
          if (bytes[p + 8] === separator) {
            p += 9;
            continue;
          }
          if (left === 1 && last) {
            const end = lineEnd(bytes, p + 8);
            if (end >= 0) return end;
          }
        }
      }
      if (left === 1 && last) {
        const end = lineEnd(bytes, p);
        if (end >= 0) {
          words[at] = 0;
          return end;
        }
      }
      p = unusual(bytes, p, to, first + count - left, row);
      if (p < 0) return p;
    }
    return p;
  };
}
