import { writeToken } from '../../../text-token.ts';
import { fourTimes, lowBytes, lowestMarked, markEnds } from './plain-bytes.ts';
import { type ColumnRun, lineEnd, type RunContext, type RunParser } from './run-parser.ts';

/** Cells as tokens, in quotes or without: those of up to 8 bytes are read as two words, as which they are stored. */
export function textRun(
  { first, count, base, step, last }: ColumnRun,
  { rows, separator, quote, unusual }: RunContext,
): RunParser {
  const { texts } = rows;
  const plainEnd = fourTimes(separator);
  const quotedEnd = fourTimes(quote);
  return (bytes, view, p, to, row) => {
    const readable = view.byteLength - 4;
    let at = base + 3 * row;
    for (let left = count; left > 0; left--, at += step) {
      const begin = p;
      const c = bytes[p];
      if (c === separator) {
        texts[at] = 0;
        texts[at + 1] = 0;
        texts[at + 2] = 0;
        p++;
        continue;
      }
      const quoted = c === quote;
      if (quoted) p++;
      if (p + 8 <= readable) {
        const pattern = quoted ? quotedEnd : plainEnd;
        const from = p;
        const low = view.getInt32(p, true);
        const high = view.getInt32(p + 4, true);
        let marks = markEnds(low, pattern);
        if (bytes[p + 8] === separator && !quoted && (marks | markEnds(high, plainEnd)) === 0) {
          texts[at] = low;
          texts[at + 1] = high;
          texts[at + 2] = 0;
          p += 9;
          continue;
        }
        if (marks !== 0) {
          const length = lowestMarked(marks);
          texts[at] = low & lowBytes[length];
          texts[at + 1] = 0;
          texts[at + 2] = 0;
          p += length;
        } else if ((marks = markEnds(high, pattern)) !== 0) {
          const length = lowestMarked(marks);
          texts[at] = low;
          texts[at + 1] = high & lowBytes[length];
          texts[at + 2] = 0;
          p += 4 + length;
        } else {
          p += 8;
          while (p <= readable && (marks = markEnds(view.getInt32(p, true), pattern)) === 0) p += 4;
          if (marks !== 0) p += lowestMarked(marks);
          if (p === from + 8) {
            texts[at] = low;
            texts[at + 1] = high;
            texts[at + 2] = 0;
          } else if (marks !== 0) writeToken(bytes, from, p, texts, at);
        }
        // A quoted cell ends at its second quote; one that goes on behind it has doubled quotes, or is wrong.
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
      }
      p = unusual(bytes, begin, to, first + count - left, row);
      if (p < 0) return p;
    }
    return p;
  };
}
