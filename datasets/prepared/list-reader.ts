import { UserError } from '../../base/user-error.ts';
import type { ColumnFile, ColumnReader } from './column-reader.ts';
import { type IdArray, idArray, idsFile, lengthsFile } from './layout.ts';
import { again } from './manifest.ts';
import type { PartRange } from './split-parts.ts';

/** Rows between two that are known to start at a value. */
const stretch = 1024;

/** The values of a pooled field. */
export interface ListReader {
  readonly path: string;
  /** Lists of `size` rows of a part, from its row `offset` on: values of one row after those of another. */
  read(part: PartRange, offset: number, size: number): { lengths: Uint8Array; values: IdArray };
}

/** Reads the lengths once, and keeps 8 bytes for every 1024 rows. */
export function listReader(
  reader: ColumnReader,
  { name, cardinality }: { readonly name: string; readonly cardinality: number },
  rows: number,
): ListReader {
  const lengthsOf = reader.open(lengthsFile(name));
  const ids = reader.open(idsFile(name, cardinality));
  const starts = startsOf(lengthsOf, rows);
  return {
    path: ids.path,
    read({ start, step }, offset, size) {
      const first = start + offset * step;
      const known = Math.floor(first / stretch);
      const lengths = new Uint8Array(first - known * stretch + (size - 1) * step + 1);
      lengthsOf.read(lengths, known * stretch);
      const before = sumOf(lengths.subarray(0, first - known * stretch));
      const span = lengths.subarray(first - known * stretch);
      if (span.includes(0))
        throw new UserError(`${lengthsOf.path}: has 0 where lists have a value; ${again}`);
      const all = idArray(cardinality, sumOf(span));
      ids.read(all, starts[known] + before);
      if (step === 1) return { lengths: span, values: all };
      const own = span.filter((_, row) => row % step === 0);
      const values = idArray(cardinality, sumOf(own));
      let [from, to] = [0, 0];
      span.forEach((length, row) => {
        if (row % step === 0) {
          values.set(all.subarray(from, from + length), to);
          to += length;
        }
        from += length;
      });
      return { lengths: own, values };
    },
  };
}

function startsOf(lengths: ColumnFile, rows: number): Float64Array {
  const starts = new Float64Array(Math.ceil(rows / stretch));
  const some = new Uint8Array(stretch);
  let values = 0;
  for (let i = 0; i < starts.length; i++) {
    starts[i] = values;
    const read = some.subarray(0, Math.min(stretch, rows - i * stretch));
    lengths.read(read, i * stretch);
    values += sumOf(read);
  }
  return starts;
}

function sumOf(lengths: Uint8Array): number {
  let sum = 0;
  for (let row = 0; row < lengths.length; row++) sum += lengths[row];
  return sum;
}
