import { none } from '../../harness/contract/backend.ts';
import { type Part, parts } from '../../harness/contract/data.ts';
import type { PartRange, RowFacts, Split } from './split-parts.ts';

/**
 * A split of lines, where a line of the log may be several rows: they have the part of their line, one after the other. `sameLine` [rows]
 * is 1 for a row of the line of the row before. `splitOf` splits lines as if each were a row; the time and part of a line are those of
 * its first row.
 */
export function splitLines(
  sameLine: Uint8Array,
  { times, parts: given }: RowFacts,
  splitOf: (lines: number, facts: RowFacts) => Split,
): Split {
  const firsts = firstRows(sameLine);
  const lines = firsts.length - 1;
  const split = splitOf(lines, {
    ...(times && { times: Float64Array.from({ length: lines }, (_, line) => times[firsts[line]]) }),
    ...(given && { parts: Uint8Array.from({ length: lines }, (_, line) => given[firsts[line]]) }),
  });
  const lineAt = linesByPlace(split, lines);
  const placeOfRow = new Uint32Array(sameLine.length).fill(none);
  let place = 0;
  const ranges = Object.fromEntries(
    parts.map((part): [Part, PartRange] => {
      const start = place;
      const { start: first, rows, step } = split.parts[part];
      for (let i = 0, at = first; i < rows; i++, at += step)
        for (let row = firsts[lineAt[at]]; row < firsts[lineAt[at] + 1]; row++) placeOfRow[row] = place++;
      return [part, { start, rows: place - start, step: 1 }];
    }),
  );
  return { ...split, parts: ranges as Split['parts'], placeOfRow };
}

/** The first row of every line, and the number of all rows behind: [lines + 1]. */
function firstRows(sameLine: Uint8Array): Uint32Array {
  let lines = 0;
  for (let row = 0; row < sameLine.length; row++) if (sameLine[row] === 0) lines++;
  const firsts = new Uint32Array(lines + 1);
  for (let row = 0, line = 0; row < sameLine.length; row++) if (sameLine[row] === 0) firsts[line++] = row;
  firsts[lines] = sameLine.length;
  return firsts;
}

/** The line at every place of a split. */
function linesByPlace({ placeOfRow }: Split, lines: number): Uint32Array {
  const lineAt = new Uint32Array(lines);
  for (let line = 0; line < lines; line++) {
    const place = placeOfRow ? placeOfRow[line] : line;
    if (place !== none) lineAt[place] = line;
  }
  return lineAt;
}
