import type { ColumnRun, RunContext, RunParser } from './run-parser.ts';

/** Cells of any kind, each by its writers: times, weights, labels with a rule, several values. */
export function otherRun({ first, count }: ColumnRun, { unusual }: RunContext): RunParser {
  return (bytes, _view, p, to, row) => {
    for (let column = first; column < first + count; column++) {
      p = unusual(bytes, p, to, column, row);
      if (p < 0) return p;
    }
    return p;
  };
}
