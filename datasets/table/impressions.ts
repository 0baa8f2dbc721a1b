import type { DenseValues, RawBlock } from '../raw-rows.ts';
import type { TableBlock } from './reader.ts';

/** Sums over the lines of a log with counts. */
export interface CountSums {
  lines: number;
  impressions: number;
  clicks: number;
}

/**
 * The rows of lines with counts: one with label 1 and the clicks as weight, and one with label 0 and the other impressions as weight; none
 * has weight 0. `sums` takes the counts. Arrays are new for every block.
 */
export function impressionRows(block: TableBlock, sums: CountSums): RawBlock {
  const { size, counts, dense, tokens, lengths, times, parts } = block;
  const { clicks, impressions } = counts!;
  const lineOf = new Uint32Array(2 * size);
  const [labels, sameLine] = [new Uint8Array(2 * size), new Uint8Array(2 * size)];
  const weights = new Float32Array(2 * size);
  let rows = 0;
  for (let line = 0; line < size; line++) {
    sums.impressions += impressions[line];
    sums.clicks += clicks[line];
    for (const label of [1, 0]) {
      const weight = label === 1 ? clicks[line] : impressions[line] - clicks[line];
      if (weight === 0) continue;
      sameLine[rows] = Number(rows > 0 && lineOf[rows - 1] === line);
      lineOf[rows] = line;
      labels[rows] = label;
      weights[rows++] = weight;
    }
  }
  sums.lines += size;
  const lines = lineOf.subarray(0, rows);
  return {
    size: rows,
    labels: labels.subarray(0, rows),
    weights: weights.subarray(0, rows),
    sameLine: sameLine.subarray(0, rows),
    dense: dense.map((values) => repeated(values, 1, lines)),
    tokens: tokens.map((words, f) => {
      const own = lengths?.[f];
      return own ? repeatedLists(words, own, lines) : repeated(words, words.length / size, lines);
    }),
    ...(lengths && { lengths: lengths.map((own) => own && repeated(own, 1, lines)) }),
    ...(times && { times: repeated(times, 1, lines) }),
    ...(parts && { parts: repeated(parts, 1, lines) }),
  };
}

/** The values [lines, width] of each row's line. */
function repeated<A extends DenseValues | Uint32Array | Uint8Array | Float64Array>(
  values: A,
  width: number,
  lines: Uint32Array,
): A {
  const rows = new (values.constructor as new (length: number) => A)(width * lines.length);
  for (let row = 0, to = 0; row < lines.length; row++)
    for (let at = width * lines[row], end = at + width; at < end;) rows[to++] = values[at++];
  return rows;
}

/** The lists of each row's line; `lengths` [lines] says how many values they have. */
function repeatedLists(words: Uint32Array, lengths: Uint8Array, lines: Uint32Array): Uint32Array {
  const starts = new Uint32Array(lengths.length + 1);
  lengths.forEach((length, line) => (starts[line + 1] = starts[line] + length));
  const width = words.length / starts[lengths.length];
  const all = lines.reduce((sum, line) => sum + lengths[line], 0);
  const rows = new Uint32Array(width * all);
  let to = 0;
  for (const line of lines) {
    const own = words.subarray(width * starts[line], width * starts[line + 1]);
    rows.set(own, to);
    to += own.length;
  }
  return rows;
}
