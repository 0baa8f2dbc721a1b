import type { Storage } from '../contract/method.ts';
import { bitsAt, packBits } from './bits.ts';
import type { Codec } from './codec.ts';

/** Multiples of one step, as unsigned codes from the lowest on. What is beyond the ends becomes the ends. */
export function grid({ bits, step }: Extract<Storage, { kind: 'grid' }>): Codec {
  const lowest = -(2 ** (bits - 1));
  const highest = -lowest - 1;
  return {
    encode(floats) {
      const codes = new Uint32Array(floats.length);
      for (let i = 0; i < floats.length; i++)
        codes[i] = Math.min(highest, Math.max(lowest, Math.round(floats[i] / step))) - lowest;
      return packBits(codes, bits);
    },
    reader: (bytes) => (from, count, out, at) => {
      for (let i = 0; i < count; i++) out[at + i] = (bitsAt(bytes, bits, from + i) + lowest) * step;
    },
  };
}
