import { writeToken } from '../../../text-token.ts';
import { fourTimes, lowBytes, lowestMarked, markEnds } from './plain-bytes.ts';
import { type ColumnRun, lineEnd, type RunContext, type RunParser } from './run-parser.ts';

/** Cells without quotes, as tokens: those of up to 8 bytes are read as two words, as which they are stored. */
export function textRun(
  { first, count, base, step, last }: ColumnRun,
  { rows, separator, unusual }: RunContext,
  quote: number,
): RunParser {
  const { texts } = rows;
  const pattern = fourTimes(separator);
  return (bytes, view, p, to, row) => {
    const readable = view.byteLength - 4;
    let at = base + 3 * row;
    for (let left = count; left > 0; left--, at += step) {
      const begin = p;
      if (p + 8 <= readable && bytes[p] !== quote) {
        const low = view.getInt32(p, true);
        let marks = markEnds(low, pattern);
        if (marks !== 0) {
          const length = lowestMarked(marks);
          texts[at] = low & lowBytes[length];
          texts[at + 1] = 0;
          texts[at + 2] = 0;
          p += length;
        } else {
          const high = view.getInt32(p + 4, true);
          marks = markEnds(high, pattern);
          if (marks !== 0) {
            const length = lowestMarked(marks);
            texts[at] = low;
            texts[at + 1] = high & lowBytes[length];
            texts[at + 2] = 0;
            p += 4 + length;
          } else {
            p += 8;
            while (p <= readable && (marks = markEnds(view.getInt32(p, true), pattern)) === 0) p += 4;
            if (marks !== 0) p += lowestMarked(marks);
            if (p === begin + 8) {
              texts[at] = low;
              texts[at + 1] = high;
              texts[at + 2] = 0;
            } else if (marks !== 0) writeToken(bytes, begin, p, texts, at);
          }
        }
        if (marks !== 0) {
          if (bytes[p] === separator) {
            p++;
            continue;
          }
          if (left === 1 && last) {
            const end = lineEnd(bytes, p);
            if (end >= 0) return end;
          }
        }
      }
      p = unusual(bytes, begin, to, first + count - left, row);
      if (p < 0) return p;
    }
    return p;
  };
}
