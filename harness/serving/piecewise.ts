import { leastOfPieces } from '../../base/top-k.ts';
import type { Storage, Table } from '../contract/method.ts';
import { tableScaleBytes } from '../contract/number-formats.ts';
import { blockFloats, storedBytes } from '../contract/storage.ts';
import { tableFloats } from '../contract/table-shape.ts';
import { packBits } from './bits.ts';
import { codecOf } from './codecs.ts';
import { largestMagnitude } from './finite.ts';
import { fp8Codes, fp8Scale } from './fp8.ts';
import { sparseBytes } from './sparse.ts';

type Words = Float32Array | Uint32Array | Uint8Array;

/** Lists of any length, cut and joined so that each has a multiple of `unit` entries, the last one excepted. */
export function* inUnits<T extends Words>(pieces: Iterable<T>, unit: number): Iterable<T> {
  let left: T | undefined;
  for (const piece of pieces) {
    const joined = left === undefined ? piece : join(left, piece);
    const whole = joined.length - (joined.length % unit);
    if (whole > 0) yield joined.subarray(0, whole) as T;
    left = whole < joined.length ? (joined.slice(whole) as T) : undefined;
  }
  if (left !== undefined) yield left;
}

function join<T extends Words>(a: T, b: T): T {
  const both = new (a.constructor as new (length: number) => T)(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Floats that are encoded alone, so that pieces of so many are bytes of the whole; undefined where they depend on others. */
export function unitOf(table: Table): number | undefined {
  const { stored } = table;
  switch (stored?.kind) {
    case undefined:
    case 'fp16':
    case 'fp8': // but for the scale at the end
      return 1;
    case 'row-wise':
      return blockFloats(table, stored);
    case 'mx':
      return stored.block;
    case 'nf4':
      return stored.scales === 'double' ? undefined : stored.block;
    case 'grid':
      return 8;
    case 'sparse':
      return undefined;
  }
}

/** Some of the floats of a table, whole units, as a table of their own. */
function stretchOf(table: Table, floats: number): Table {
  const { stored } = table;
  const form: Storage | undefined =
    stored?.kind === 'row-wise' ? { ...stored, block: blockFloats(table, stored) } : stored;
  const parts = [{ rows: floats, init: { mean: 0, halfWidth: 0 } }];
  return { width: 1, parts, ...(form && { stored: form }) };
}

/**
 * The stored form of a table whose floats come in pieces: the same bytes as codecOf(table) makes of all of them. `floats` may be
 * asked for several times. Sparse forms hold what is stored, and normal floats with scales in 8 bits all floats.
 */
export function* encodePieces(table: Table, floats: () => Iterable<Float32Array>): Iterable<Uint8Array> {
  const { stored } = table;
  if (stored?.kind === 'sparse') yield sparsePieces(tableFloats(table), stored.nonZeros, floats);
  else if (stored?.kind === 'fp8') yield* fp8Pieces(stored, floats);
  else {
    const unit = unitOf(table);
    if (unit === undefined) yield codecOf(table).encode(allOf(tableFloats(table), floats()));
    else
      for (const piece of inUnits(floats(), unit))
        yield codecOf(stretchOf(table, piece.length)).encode(piece);
  }
}

function* fp8Pieces(
  { element, scaled }: Extract<Storage, { kind: 'fp8' }>,
  floats: () => Iterable<Float32Array>,
): Iterable<Uint8Array> {
  let largest = 0;
  for (const piece of floats()) largest = Math.max(largest, largestMagnitude(piece, 0, piece.length));
  const scale = scaled ? fp8Scale(largest, element) : 1;
  for (const piece of floats()) yield fp8Codes(piece, scale, element);
  if (scaled) yield new Uint8Array(Float32Array.of(scale).buffer);
}

function sparsePieces(floats: number, nonZeros: number, pieces: () => Iterable<Float32Array>): Uint8Array {
  const count = Math.min(nonZeros, floats);
  function* words() {
    for (const { buffer, byteOffset, length } of pieces()) yield new Uint32Array(buffer, byteOffset, length);
  }
  const all = count === floats;
  const { least, ties } = all ? { least: -1, ties: 0 } : leastOfPieces(words, count);
  const positions = new Uint32Array(count);
  const bits = new Uint32Array(count);
  let [left, found, at] = [ties, 0, 0];
  for (const piece of count === 0 ? [] : words())
    for (const word of piece) {
      const magnitude = word & 0x7fffffff;
      if (magnitude > least || (magnitude === least && left-- > 0)) {
        bits[found] = word;
        positions[found++] = at;
      }
      at++;
    }
  return sparseBytes({ floats, nonZeros }, positions, new Float32Array(bits.buffer));
}

function allOf(count: number, pieces: Iterable<Float32Array>): Float32Array {
  const all = new Float32Array(count);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Reads floats from..from + count into out from `at` on. */
export type ReadFloats = (from: number, count: number, out: Float32Array, at: number) => void;

/** The smallest stretch of whole units, from one float to another, that has floats `from`..`to`. */
export function wholeUnits(table: Table, from: number, to: number): [from: number, to: number] {
  const unit = unitOf(table);
  const all = tableFloats(table);
  if (unit === undefined) return [0, all];
  return [from - (from % unit), Math.min(all, Math.ceil(to / unit) * unit)];
}

/**
 * Opens a stretch of whole units of a stored table, of whose bytes `read` gives any, in memory that begins at a word. The float `from` is
 * the float 0 of what comes back.
 */
export function openStretch(
  table: Table,
  read: (from: number, count: number) => Uint8Array,
  from: number,
  to: number,
): ReadFloats {
  if (unitOf(table) === undefined) return codecOf(table).reader(read(0, storedBytes(table)));
  const { stored } = table;
  const codec = codecOf(stretchOf(table, to - from));
  if (stored?.kind === 'fp8') {
    const codes = read(from, to - from);
    return codec.reader(stored.scaled ? join(codes, read(tableFloats(table), tableScaleBytes)) : codes);
  }
  const bytesTo = (floats: number) => storedBytes(stretchOf(table, floats));
  return codec.reader(read(bytesTo(from), bytesTo(to) - bytesTo(from)));
}

/** Integers of `bits` bits that come in pieces: the bytes of packBits of all of them. */
export function* packPieces(values: Iterable<Uint32Array>, bits: number): Iterable<Uint8Array> {
  for (const piece of inUnits(values, 8)) yield packBits(piece, bits);
}
