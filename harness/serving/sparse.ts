import { bitsFor } from '../contract/indices.ts';
import { topK } from '../../base/top-k.ts';
import { bitmapBytes, bitmapStretch, listBytes } from '../contract/storage.ts';
import { bitsAt, packBits } from './bits.ts';
import type { Codec } from './codec.ts';

/** The floats largest in magnitude, and where they are: by bitmap or by sorted positions, whichever is smaller. */
export function sparse(floats: number, nonZeros: number): Codec {
  const count = Math.min(nonZeros, floats);
  const asBitmap = bitmapBytes(floats) <= listBytes(floats, nonZeros);
  const whereBytes = asBitmap ? bitmapBytes(floats) : listBytes(floats, nonZeros);
  return {
    encode(values) {
      const positions = topK(values, count);
      return sparseBytes(
        { floats, nonZeros },
        positions,
        Float32Array.from(positions, (at) => values[at]),
      );
    },

    reader(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const read = asBitmap ? readBitmap(bytes, floats) : readList(bytes, floats, count);
      return read((i) => view.getFloat32(whereBytes + 4 * i, true));
    },
  };
}

/** The stored form of floats at some positions, ascending, as many as there are non-zeros or all. */
export function sparseBytes(
  { floats, nonZeros }: { readonly floats: number; readonly nonZeros: number },
  positions: Uint32Array,
  values: Float32Array,
): Uint8Array {
  const [inBitmap, inList] = [bitmapBytes(floats), listBytes(floats, nonZeros)];
  const asBitmap = inBitmap <= inList;
  const whereBytes = asBitmap ? inBitmap : inList;
  const bytes = new Uint8Array(whereBytes + 4 * nonZeros);
  bytes.set(asBitmap ? bitmap(positions, floats) : packBits(positions, bitsFor(floats)));
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => view.setFloat32(whereBytes + 4 * i, value, true));
  return bytes;
}

type Reading = (value: (i: number) => number) => ReturnType<Codec['reader']>;

/** A bit for each float; then, for every 512 of them, how many ones come before. */
function bitmap(positions: Uint32Array, floats: number): Uint8Array {
  const bytes = new Uint8Array(bitmapBytes(floats));
  const view = new DataView(bytes.buffer);
  const directory = Math.ceil(floats / 8);
  for (const at of positions) bytes[at >>> 3] |= 1 << (at & 7);
  for (let stretch = 0, before = 0; stretch * bitmapStretch < floats; stretch++) {
    view.setUint32(directory + 4 * stretch, before, true);
    while (before < positions.length && positions[before] < (stretch + 1) * bitmapStretch) before++;
  }
  return bytes;
}

function readBitmap(bytes: Uint8Array, floats: number): Reading {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = Math.ceil(floats / 8);
  return (value) => (from, count, out, at) => {
    const stretch = Math.floor(from / bitmapStretch);
    let i = view.getUint32(directory + 4 * stretch, true);
    const firstByte = (stretch * bitmapStretch) / 8;
    for (let byte = firstByte; byte < from >>> 3; byte++) i += ones[bytes[byte]];
    i += ones[bytes[from >>> 3] & ((1 << (from & 7)) - 1)];
    for (let k = 0; k < count; k++) {
      const float = from + k;
      out[at + k] = (bytes[float >>> 3] >>> (float & 7)) & 1 ? value(i++) : 0;
    }
  };
}

/** The number of set bits of every byte. */
const ones = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let bits = byte; bits > 0; bits >>>= 1) count += bits & 1;
  return count;
});

function readList(bytes: Uint8Array, floats: number, nonZeros: number): Reading {
  const bits = bitsFor(floats);
  const position = (i: number) => bitsAt(bytes, bits, i);
  return (value) => (from, count, out, at) => {
    out.fill(0, at, at + count);
    let [low, high] = [0, nonZeros]; // the first position from `from` on is in low..high
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (position(middle) < from) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < nonZeros && position(i) < from + count; i++)
      out[at + position(i) - from] = value(i);
  };
}
