import type { Codec } from './codec.ts';
import { fromHalf, toHalf } from './half.ts';

export const fp32: Codec = {
  encode: (floats) => new Uint8Array(floats.slice().buffer),
  reader(bytes) {
    const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    return (from, count, out, at) => out.set(floats.subarray(from, from + count), at);
  },
};

export const fp16: Codec = {
  encode: (floats) => new Uint8Array(Uint16Array.from(floats, toHalf).buffer),
  reader(bytes) {
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    return (from, count, out, at) => {
      for (let i = 0; i < count; i++) out[at + i] = fromHalf(halves[from + i]);
    };
  },
};
