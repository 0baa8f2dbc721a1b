import { ByteCells } from './cells.ts';
import { Damage } from './damage.ts';

/** The delta encodings of Parquet. Source: parquet-format, Encodings.md. A page is decoded at once: few writers use them. */

const short = () => new Damage('a page ends before its values do');

/** A place in bytes, moved by reading. */
interface Place {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
}

export const placeIn = (bytes: Uint8Array, at: number, end: number): Place => ({ bytes, at, end });

/** Integers in DELTA_BINARY_PACKED, at most `most` of them. The place moves behind them. */
export function deltaIntegers(place: Place, most: number): BigInt64Array {
  const blockSize = Number(varint(place));
  const miniblocks = Number(varint(place));
  const count = Number(varint(place));
  const perMiniblock = blockSize / miniblocks;
  if (count > most) throw new Damage(`${count} values in a page of ${most}`);
  if (!(miniblocks > 0 && perMiniblock > 0 && perMiniblock % 8 === 0 && blockSize <= 1 << 20))
    throw new Damage(`blocks of ${blockSize} values in ${miniblocks} parts`);
  const values = new BigInt64Array(count);
  let value = zigzag(place);
  if (count > 0) values[0] = value;
  for (let done = 1; done < count;) {
    const least = zigzag(place);
    const widths = place.bytes.subarray(place.at, place.at + miniblocks);
    place.at += miniblocks;
    if (place.at > place.end) throw short();
    for (let m = 0; m < miniblocks && done < count; m++) {
      const width = widths[m];
      if (width > 64) throw new Damage(`numbers of ${width} bits`);
      const end = place.at + (perMiniblock / 8) * width;
      if (end > place.end) throw short();
      const some = Math.min(perMiniblock, count - done);
      for (let i = 0; i < some; i++) {
        value = BigInt.asIntN(64, value + least + packed(place.bytes, place.at, i * width, width));
        values[done++] = value;
      }
      place.at = end;
    }
  }
  return values;
}

/** Texts in DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. */
export function deltaLengthBytes(place: Place, most: number): ByteCells {
  const lengths = deltaIntegers(place, most);
  const starts = new Uint32Array(lengths.length);
  const ends = new Uint32Array(lengths.length);
  for (let i = 0; i < lengths.length; i++) {
    starts[i] = place.at;
    place.at += lengthIn(lengths[i], place.end - place.at);
    ends[i] = place.at;
  }
  return new ByteCells(place.bytes, starts, ends);
}

/** Bytes that a page of DELTA_BYTE_ARRAY may grow to: each value may repeat all of the one before. */
const mostBytes = 1 << 29;

/** Texts in DELTA_BYTE_ARRAY: each begins as the one before it, for a given length. */
export function deltaBytes(place: Place, most: number): ByteCells {
  const shared = deltaIntegers(place, most);
  const rest = deltaLengthBytes(place, most);
  if (rest.length !== shared.length) throw new Damage(`${shared.length} beginnings of ${rest.length} values`);
  let total = 0;
  const starts = new Uint32Array(rest.length);
  const ends = new Uint32Array(rest.length);
  for (let i = 0; i < rest.length; i++) {
    starts[i] = total;
    const before = i === 0 ? 0 : ends[i - 1] - starts[i - 1];
    total += lengthIn(shared[i], before) + (rest.ends[i] - rest.starts[i]);
    if (total > mostBytes) throw new Damage('a page of more than 512 MB of text');
    ends[i] = total;
  }
  const bytes = new Uint8Array(total);
  for (let i = 0; i < rest.length; i++) {
    const before = Number(shared[i]);
    if (before > 0) bytes.copyWithin(starts[i], starts[i - 1], starts[i - 1] + before);
    bytes.set(rest.at(i), starts[i] + before);
  }
  return new ByteCells(bytes, starts, ends);
}

function lengthIn(length: bigint, most: number): number {
  if (length < 0n || length > BigInt(most)) throw short();
  return Number(length);
}

/** A number of `width` bits that begins at bit `bit` of bytes[at ..]. */
function packed(bytes: Uint8Array, at: number, bit: number, width: number): bigint {
  if (width === 0) return 0n;
  let byte = at + (bit >>> 3);
  const skipped = bit & 7;
  if (width + skipped <= 32) {
    let low = 0;
    for (let shift = 0; shift < width + skipped; shift += 8) low += bytes[byte++] * 2 ** shift;
    return BigInt(Math.floor(low / 2 ** skipped) % 2 ** width);
  }
  let value = 0n;
  for (let shift = 0; shift < width + skipped; shift += 8) value |= BigInt(bytes[byte++]) << BigInt(shift);
  return BigInt.asUintN(width, value >> BigInt(skipped));
}

function varint(place: Place): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (place.at >= place.end) throw short();
    const byte = place.bytes[place.at++];
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new Damage('a number does not end');
}

function zigzag(place: Place): bigint {
  const value = varint(place);
  return (value >> 1n) ^ -(value & 1n);
}
