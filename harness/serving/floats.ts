import type { Codec } from './codec.ts';
import { halves, toHalf } from './half.ts';

export const fp32: Codec = {
  encode: (floats) => new Uint8Array(floats.slice().buffer),
  reader(bytes) {
    const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    return (from, count, out, at) => {
      for (let i = 0; i < count; i++) out[at + i] = floats[from + i];
    };
  },
};

export const fp16: Codec = {
  encode(floats) {
    const encoded = new Uint16Array(floats.length);
    for (let i = 0; i < floats.length; i++) encoded[i] = toHalf(floats[i]);
    return new Uint8Array(encoded.buffer);
  },
  reader(bytes) {
    const values = halves();
    const encoded = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    return (from, count, out, at) => {
      for (let i = 0; i < count; i++) out[at + i] = values[encoded[from + i]];
    };
  },
};
