import { type ColumnRun, lineEnd, type RunContext, type RunParser, zero } from './run-parser.ts';

/** A label of one digit, 0 or 1, in quotes or without. */
export function labelRun(
  { first, last }: ColumnRun,
  { rows, separator, quote, unusual }: RunContext,
): RunParser {
  const { labels, met } = rows;
  return (bytes, _view, p, to, row) => {
    const quoted = bytes[p] === quote;
    const at = quoted ? p + 1 : p;
    const label = bytes[at] - zero;
    if (label >>> 0 <= 1 && !met.minusOne && (!quoted || bytes[at + 1] === quote)) {
      if (label === 0) met.zero = true;
      labels[row] = label;
      const next = quoted ? at + 2 : at + 1;
      if (bytes[next] === separator) return next + 1;
      const end = last ? lineEnd(bytes, next) : -1;
      if (end >= 0) return end;
    }
    return unusual(bytes, p, to, first, row);
  };
}
