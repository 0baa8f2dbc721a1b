import { ByteCells, type CellReader, type Cells } from './cells.ts';
import { Damage } from './damage.ts';
import { Runs } from './runs.ts';

/** Physical types of Parquet. */
export type Physical =
  'BOOLEAN' | 'INT32' | 'INT64' | 'INT96' | 'FLOAT' | 'DOUBLE' | 'BYTE_ARRAY' | 'FIXED_LEN_BYTE_ARRAY';

/** Bytes of a value of each type of one size. */
const sizes: Partial<Record<Physical, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

/** Bytes of a value, undefined for a type without one size. */
export const sizeOf = (type: Physical, length: number): number | undefined =>
  type === 'FIXED_LEN_BYTE_ARRAY' ? length : sizes[type];

const short = () => new Damage('a page ends before its values do');

/** Values in the encoding PLAIN: bytes[from, end) of a page. */
export function plainCells(
  type: Physical,
  length: number,
  bytes: Uint8Array,
  from: number,
  end: number,
): CellReader {
  if (type === 'BOOLEAN') return booleanCells(Runs.packed(bytes, from, end, 1));
  if (type === 'BYTE_ARRAY') return byteArrayCells(bytes, from, end);
  const size = sizeOf(type, length)!;
  if (!(size > 0)) throw new Damage('values of no length');
  let at = from;
  return {
    read(count) {
      const begin = at;
      at += count * size;
      if (at > end) throw short();
      if (type === 'INT96' || type === 'FIXED_LEN_BYTE_ARRAY') return fixedCells(bytes, begin, count, size);
      const copy = bytes.slice(begin, at).buffer; // aligned
      if (type === 'INT32') return new Int32Array(copy);
      if (type === 'INT64') return new BigInt64Array(copy);
      return type === 'FLOAT' ? new Float32Array(copy) : new Float64Array(copy);
    },
  };
}

/** Booleans as 0 and 1. */
export function booleanCells(runs: Runs): CellReader {
  return {
    read(count) {
      const bits = new Uint32Array(count);
      runs.read(bits, count);
      return Uint8Array.from(bits);
    },
  };
}

function fixedCells(bytes: Uint8Array, from: number, count: number, size: number): Cells {
  const starts = new Uint32Array(count);
  const ends = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = from + i * size;
    ends[i] = starts[i] + size;
  }
  return new ByteCells(bytes, starts, ends);
}

/** Every value has its length before it, in four bytes. */
function byteArrayCells(bytes: Uint8Array, from: number, end: number): CellReader {
  let at = from;
  return {
    read(count) {
      if (at + 4 * count > end) throw short();
      const starts = new Uint32Array(count);
      const ends = new Uint32Array(count);
      for (let i = 0; i < count; i++) {
        if (at + 4 > end) throw short();
        const length = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
        starts[i] = at + 4;
        at += 4 + (length >>> 0);
        if (at > end) throw short();
        ends[i] = at;
      }
      return new ByteCells(bytes, starts, ends);
    },
  };
}

/** The encoding BYTE_STREAM_SPLIT: first bytes of all values, then their second bytes, and so on. As PLAIN has them. */
export function joinedStreams(bytes: Uint8Array, from: number, end: number, size: number): Uint8Array {
  const count = Math.floor((end - from) / size);
  if (count * size !== end - from) throw new Damage(`${end - from} bytes of values of ${size} bytes`);
  const joined = new Uint8Array(count * size);
  for (let byte = 0; byte < size; byte++)
    for (let i = 0, at = from + byte * count; i < count; i++) joined[i * size + byte] = bytes[at + i];
  return joined;
}
