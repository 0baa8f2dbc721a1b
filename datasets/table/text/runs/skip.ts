import { fourTimes, lowestMarked, markEnds } from './plain-bytes.ts';
import { type ColumnRun, lineEnd, type RunContext, type RunParser } from './run-parser.ts';

/** Cells that nobody reads. */
export function skipRun(
  { first, count, last }: ColumnRun,
  { separator, quote, unusual }: RunContext,
): RunParser {
  const plainEnd = fourTimes(separator);
  const quotedEnd = fourTimes(quote);
  return (bytes, view, p, to, row) => {
    const readable = view.byteLength - 4;
    for (let left = count; left > 0; left--) {
      const begin = p;
      const quoted = bytes[p] === quote;
      const pattern = quoted ? quotedEnd : plainEnd;
      if (quoted) p++;
      let marks = 0;
      while (p <= readable && (marks = markEnds(view.getInt32(p, true), pattern)) === 0) p += 4;
      if (marks !== 0) p += lowestMarked(marks);
      if (marks !== 0 && (!quoted || bytes[p++] === quote)) {
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
