import type { Storage, Table } from '../contract/method.ts';
import { blockHeaderBytes, blocksOf } from '../contract/storage.ts';
import type { Codec } from './codec.ts';
import { fromHalf, toHalf } from './half.ts';
import { greedyRange, minMaxRange } from './value-range.ts';

type RowWise = Extract<Storage, { kind: 'row-wise' }>;

/**
 * Block by block: codes of `bits`, the first in the lowest bits, then scale and offset, whose rounding to their own
 * precision the codes make up for (Guan et al., Post-Training 4-bit Quantization on Embedding Tables, 2019; the layout is
 * FBGEMM's).
 */
export function rowWise(table: Table, { bits, range, block: wanted }: RowWise): Codec {
  const { stretches, stretchFloats, block } = blocksOf(table, wanted);
  const header = blockHeaderBytes(bits);
  const perByte = 8 / bits;
  const bytesOf = (floats: number) => Math.ceil(floats / perByte) + header;
  const wholeBlocks = Math.floor(stretchFloats / block);
  const rest = stretchFloats % block;
  const stretchBytes = wholeBlocks * bytesOf(block) + (rest > 0 ? bytesOf(rest) : 0);
  const rangeOf = range === 'greedy' ? greedyRange : minMaxRange;

  return {
    encode(floats) {
      const bytes = new Uint8Array(stretches * stretchBytes);
      const view = new DataView(bytes.buffer);
      let to = 0;
      for (let stretch = 0; stretch < stretches; stretch++)
        for (let from = 0; from < stretchFloats; from += block) {
          const first = stretch * stretchFloats + from;
          const values = floats.subarray(first, first + Math.min(block, stretchFloats - from));
          const codes = Math.ceil(values.length / perByte);
          const { scale, lo } = writeHeader(view, to + codes, bits, rangeOf(values, bits));
          for (let i = 0; i < values.length; i++)
            bytes[to + Math.floor(i / perByte)] |=
              codeOf(values[i], scale, lo, bits) << (bits * (i % perByte));
          to += codes + header;
        }
      return bytes;
    },

    reader(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const mask = 2 ** bits - 1;
      return (from, count, out, at) => {
        for (let read = 0; read < count;) {
          const stretch = Math.floor((from + read) / stretchFloats);
          const within = (from + read) % stretchFloats;
          const blockIndex = Math.floor(within / block);
          const start = stretch * stretchBytes + blockIndex * bytesOf(block);
          const blockFloats = blockIndex < wholeBlocks ? block : rest;
          const { scale, lo } = readHeader(view, start + Math.ceil(blockFloats / perByte), bits);
          let i = within % block;
          for (; i < blockFloats && read < count; i++, read++)
            out[at + read] =
              lo + scale * ((bytes[start + Math.floor(i / perByte)] >>> (bits * (i % perByte))) & mask);
        }
      };
    },
  };
}

/** round((w - lo) / scale), within the codes there are. */
export function codeOf(x: number, scale: number, lo: number, bits: number): number {
  return Math.min(2 ** bits - 1, Math.max(0, Math.round((x - lo) / scale)));
}

export interface Header {
  readonly scale: number;
  readonly lo: number;
}

/** Returns them as they will be read. */
function writeHeader(view: DataView, at: number, bits: number, { scale, lo }: Header): Header {
  if (bits === 8) {
    view.setFloat32(at, scale, true);
    view.setFloat32(at + 4, lo, true);
  } else {
    view.setUint16(at, toHalf(scale), true);
    view.setUint16(at + 2, toHalf(lo), true);
  }
  return readHeader(view, at, bits);
}

function readHeader(view: DataView, at: number, bits: number): Header {
  return bits === 8
    ? { scale: view.getFloat32(at, true), lo: view.getFloat32(at + 4, true) }
    : { scale: fromHalf(view.getUint16(at, true)), lo: fromHalf(view.getUint16(at + 2, true)) };
}
