import { type ColumnRun, lineEnd, type RunContext, type RunParser, zero } from './run-parser.ts';

/** A label of one digit, 0 or 1. */
export function labelRun({ first, last }: ColumnRun, { rows, separator, unusual }: RunContext): RunParser {
  const { labels, met } = rows;
  return (bytes, _view, p, to, row) => {
    const label = bytes[p] - zero;
    if (label >>> 0 <= 1 && !met.minusOne) {
      if (label === 0) met.zero = true;
      labels[row] = label;
      if (bytes[p + 1] === separator) return p + 2;
      const end = last ? lineEnd(bytes, p + 1) : -1;
      if (end >= 0) return end;
    }
    return unusual(bytes, p, to, first, row);
  };
}
