import { deriveSeed } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import type { RowSource } from '../../harness/contract/conversion.ts';
import { neighboursKept } from './neighbours.ts';

/** A table that is decoded from what is stored. */
export interface CompressedTable {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  /** Rows from..to, [to - from, width], and how many of them have no stored row or code of their own: they get a vector that others have, or zeros. */
  readonly decode: (from: number, to: number) => { readonly values: Float32Array; readonly shared: number };
}

/** How near the decoded rows of a table are to its own. */
export interface TableErrors {
  readonly name: string;
  readonly rows: number;
  readonly width: number;
  /** Mean square of the errors of floats; each row counts once. */
  readonly meanSquare: number;
  /** Sum of their squares, divided by that of the floats; 0 where both are 0. */
  readonly relative: number;
  /** The same with rows counted as often as they were looked up; absent without counts. */
  readonly weighted?: { readonly meanSquare: number; readonly relative: number };
  /** Share of the 10 nearest of each sampled row that are kept; null where there are too few rows. */
  readonly neighboursKept: number | null;
  readonly sampledRows: number;
  /** Rows with no stored row or code of their own. */
  readonly sharedRows: number;
}

export interface SampleRule {
  /** Rows that are sampled of each table, at most. */
  readonly rows: number;
  readonly seed: number;
}

/** Rows that are read and decoded at a time. */
const pieceRows = 2 ** 14;

/** Reads a table once, decodes it beside, and compares. */
export function measure(
  { name, rows, width, decode }: CompressedTable,
  source: RowSource,
  counts: Uint32Array | undefined,
  rule: SampleRule,
): TableErrors {
  const sampled = sampleOf(name, rows, rule);
  const before = new Float32Array(sampled.length * width);
  const after = new Float32Array(sampled.length * width);
  const each = { error: 0, square: 0 };
  const lookups = { error: 0, square: 0, count: 0 };
  let [shared, next] = [0, 0];
  for (let from = 0; from < rows; from += pieceRows) {
    const to = Math.min(rows, from + pieceRows);
    const own = source.read(from, to);
    const { values, shared: here } = decode(from, to);
    shared += here;
    for (let row = from, at = 0; row < to; row++) {
      let [error, square] = [0, 0];
      for (let k = 0; k < width; k++, at++) {
        error += (own[at] - values[at]) ** 2;
        square += own[at] ** 2;
      }
      each.error += error;
      each.square += square;
      const count = counts?.[row] ?? 0;
      lookups.error += count * error;
      lookups.square += count * square;
      lookups.count += count;
    }
    for (; next < sampled.length && sampled[next] < to; next++) {
      const at = (sampled[next] - from) * width;
      before.set(own.subarray(at, at + width), next * width);
      after.set(values.subarray(at, at + width), next * width);
    }
  }
  return {
    name,
    rows,
    width,
    meanSquare: each.error / (rows * width),
    relative: share(each),
    ...(counts && lookups.count > 0 && {
      weighted: { meanSquare: lookups.error / (lookups.count * width), relative: share(lookups) },
    }),
    neighboursKept: neighboursKept({ width, before, after }),
    sampledRows: sampled.length,
    sharedRows: shared,
  }; // prettier-ignore
}

const share = ({ error, square }: { error: number; square: number }) => (error === 0 ? 0 : error / square);

/** Different rows, ascending, drawn by the seed and the table's name; all where there are no more. */
export function sampleOf(name: string, rows: number, { rows: most, seed }: SampleRule): Uint32Array {
  if (rows <= most) return Uint32Array.from({ length: rows }, (_, row) => row);
  const stream = random(deriveSeed(seed, 'sampled rows', name));
  const chosen = new Set<number>();
  while (chosen.size < most) chosen.add(Math.floor(stream.uniform() * rows));
  return Uint32Array.from(chosen).sort();
}
