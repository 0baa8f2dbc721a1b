import type { Storage } from '../contract/method.ts';
import { blockBytes } from '../contract/storage.ts';
import type { Codec } from './codec.ts';
import { fromHalf, halfBelow, toHalf } from './half.ts';
import { codeOf, greedyRange, minMaxRange, type Range, scaleOf, squaredError } from './value-range.ts';

type RowWise = Extract<Storage, { kind: 'row-wise' }>;

/**
 * Block by block: codes of `bits`, the first in the lowest bits of a byte, then scale and offset: FBGEMM's layout (Guan et
 * al., Post-Training 4-bit Quantization on Embedding Tables, 2019). What rounds scale and offset to their own precision the
 * codes take into account.
 */
export function rowWise(floats: number, stored: RowWise): Codec {
  const { bits, block } = stored;
  if (block === undefined) throw new RangeError('the length of blocks is not told');
  const bytesPerBlock = blockBytes(block, bits);
  const blocks = Math.ceil(floats / block);
  const inLast = floats - (blocks - 1) * block;
  const perByte = 8 / bits;
  const highest = 2 ** bits - 1;

  return {
    encode(values) {
      const bytes = new Uint8Array((blocks - 1) * bytesPerBlock + blockBytes(inLast, bits));
      const view = new DataView(bytes.buffer);
      for (let b = 0; b < blocks; b++) {
        const count = b < blocks - 1 ? block : inLast;
        const own = values.subarray(b * block, b * block + count);
        const { scale, lo } = storedScale(own, stored);
        const start = b * bytesPerBlock;
        for (let i = 0, byte = start; i < count; byte++)
          for (let shift = 0; shift < 8 && i < count; shift += bits, i++)
            bytes[byte] |= codeOf(own[i], lo, 1 / scale, highest) << shift;
        writeScale(view, start + Math.ceil(count / perByte), bits, { scale, lo });
      }
      return bytes;
    },

    reader(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const readCodes = readBlock[bits];
      return (from, count, out, at) => {
        let b = Math.floor(from / block);
        for (let read = 0; read < count; b++) {
          const start = b * bytesPerBlock;
          const inBlock = b < blocks - 1 ? block : inLast;
          const { scale, lo } = readScale(view, start + Math.ceil(inBlock / perByte), bits);
          const first = from + read - b * block;
          const taken = Math.min(inBlock - first, count - read);
          readCodes(bytes, start, first, taken, scale, lo, out, at + read);
          read += taken;
        }
      };
    },
  };
}

/** Reads `count` codes of a block, from its `first` on. */
type ReadBlock = (
  bytes: Uint8Array,
  start: number,
  first: number,
  count: number,
  scale: number,
  lo: number,
  out: Float32Array,
  at: number,
) => void;

const readBlock: Record<RowWise['bits'], ReadBlock> = {
  8(bytes, start, first, count, scale, lo, out, at) {
    for (let i = 0; i < count; i++) out[at + i] = lo + scale * bytes[start + first + i];
  },
  4(bytes, start, first, count, scale, lo, out, at) {
    for (let i = 0, code = first; i < count; i++, code++)
      out[at + i] = lo + scale * ((bytes[start + (code >>> 1)] >>> ((code & 1) << 2)) & 15);
  },
  2(bytes, start, first, count, scale, lo, out, at) {
    for (let i = 0, code = first; i < count; i++, code++)
      out[at + i] = lo + scale * ((bytes[start + (code >>> 2)] >>> ((code & 3) << 1)) & 3);
  },
};

/** A block's code 0, and how far apart its codes are: w is about lo + scale * code. */
interface Scale {
  readonly lo: number;
  readonly scale: number;
}

/** The scale as it will be read. */
function storedScale(values: Float32Array, { bits, range }: RowWise): Scale {
  const whole = rounded(minMaxRange(values), bits);
  if (range === 'min-max') return whole;
  const narrowed = rounded(greedyRange(values, bits), bits);
  const errorOf = ({ lo, scale }: Scale) => squaredError(values, lo, scale, 2 ** bits - 1);
  return errorOf(narrowed) < errorOf(whole) ? narrowed : whole; // rounding may undo what the search won
}

/** The scale in the precision of the header. In 16 bits the offset is rounded down and the scale up: no value is cut. */
function rounded({ lo, hi }: Range, bits: number): Scale {
  if (bits === 8) {
    const first = Math.fround(lo);
    return { lo: first, scale: Math.fround(scaleOf({ lo: first, hi }, bits)) };
  }
  const first = fromHalf(halfBelow(lo));
  return { lo: first, scale: -fromHalf(halfBelow(-scaleOf({ lo: first, hi }, bits))) };
}

function writeScale(view: DataView, at: number, bits: number, { scale, lo }: Scale): void {
  if (bits === 8) {
    view.setFloat32(at, scale, true);
    view.setFloat32(at + 4, lo, true);
  } else {
    view.setUint16(at, toHalf(scale), true);
    view.setUint16(at + 2, toHalf(lo), true);
  }
}

function readScale(view: DataView, at: number, bits: number): Scale {
  return bits === 8
    ? { scale: view.getFloat32(at, true), lo: view.getFloat32(at + 4, true) }
    : { scale: fromHalf(view.getUint16(at, true)), lo: fromHalf(view.getUint16(at + 2, true)) };
}
