import { type CellKind, cellKinds, type ColumnPlace } from './column-layout.ts';
import { hexRun } from './runs/hex.ts';
import { labelRun } from './runs/label.ts';
import { numberRun } from './runs/number.ts';
import { otherRun } from './runs/other.ts';
import type { ColumnRun, RunContext, RunParser } from './runs/run-parser.ts';
import { skipRun } from './runs/skip.ts';
import { textRun } from './runs/text.ts';
import { wholeRun } from './runs/whole.ts';

/** Parsers for the columns of a file, one for each run of neighbours of one kind. */
export function columnRuns(columns: readonly ColumnPlace[], context: RunContext): RunParser[] {
  const { stride } = context.rows;
  const parsers: RunParser[] = [];
  let first = 0;
  while (first < columns.length) {
    const { kind, base } = columns[first];
    const step = kind === cellKinds.text ? 3 * stride : stride;
    let count = 1;
    while (goesOn(columns[first + count], kind, base + count * step)) count++;
    const last = first + count === columns.length;
    parsers.push(parserOf(kind, { first, count, base, step, last }, context));
    first += count;
  }
  return parsers;
}

function goesOn(next: ColumnPlace | undefined, kind: CellKind, base: number): boolean {
  if (next?.kind !== kind) return false;
  return kind === cellKinds.skip || kind === cellKinds.other || next.base === base;
}

function parserOf(kind: CellKind, run: ColumnRun, context: RunContext): RunParser {
  const { integers, words } = context.rows;
  switch (kind) {
    case cellKinds.skip:
      return skipRun(run, context);
    case cellKinds.label:
      return labelRun(run, context);
    case cellKinds.integer:
      return wholeRun(run, context, integers);
    case cellKinds.whole:
      return wholeRun(run, context, new Int32Array(words.buffer, words.byteOffset, words.length));
    case cellKinds.number:
      return numberRun(run, context);
    case cellKinds.hex:
      return hexRun(run, context);
    case cellKinds.text:
      return textRun(run, context);
    case cellKinds.other:
      return otherRun(run, context);
  }
}
