import type { Element, Storage } from '../contract/method.ts';
import { elementBits } from '../contract/number-formats.ts';
import { packInto } from './bits.ts';
import type { Codec } from './codec.ts';
import { encoderOf, exponentOf, valuesOf } from './elements.ts';
import { largestMagnitude } from './finite.ts';

type Mx = Extract<Storage, { kind: 'mx' }>;

/** The exponent of an element's largest number. */
const largestExponents: Readonly<Record<Element, number>> = {
  e4m3: 8,
  e5m2: 15,
  e2m3: 2,
  e3m2: 4,
  e2m1: 2,
  int8: 0,
};

/** A shared exponent is stored with this added. */
const exponentBias = 127;
const highestExponent = 254;
/** Scales by the byte that stands for them; 255 is no number. */
const sharedScales = Float64Array.from({ length: 256 }, (_, byte) =>
  byte > highestExponent ? NaN : 2 ** (byte - exponentBias),
);

/**
 * Block by block: codes, the first in the lowest bits, then the exponent of their scale (Rouhani et al., Microscaling Data Formats
 * for Deep Learning, 2023; OCP MX 1.0). Its power of two takes the largest float of the block to that of the largest number: floats
 * between that number and the next power of two become that number. Floats behind the last of a table are not stored.
 */
export function mx({ element, block }: Mx, floats: number): Codec {
  const bits = elementBits[element];
  const bytesPerBlock = Math.ceil((block * bits) / 8) + 1;
  const blocks = Math.ceil(floats / block);
  const inLast = floats - (blocks - 1) * block;
  const scaleAt = (b: number) =>
    b * bytesPerBlock + Math.ceil(((b < blocks - 1 ? block : inLast) * bits) / 8);

  return {
    encode(values) {
      const bytes = new Uint8Array(scaleAt(blocks - 1) + 1);
      const encode = encoderOf(element);
      const codes = new Uint8Array(block);
      for (let b = 0; b < blocks; b++) {
        const count = b < blocks - 1 ? block : inLast;
        const exponent = sharedExponent(largestMagnitude(values, b * block, b * block + count), element);
        const inverse = 2 ** (exponentBias - exponent);
        for (let i = 0; i < count; i++) codes[i] = encode(values[b * block + i] * inverse);
        packInto(bytes, b * bytesPerBlock, codes, count, bits);
        bytes[scaleAt(b)] = exponent;
      }
      return bytes;
    },

    reader(bytes) {
      const values = valuesOf(element);
      const mask = 2 ** bits - 1;
      return (from, count, out, at) => {
        for (let read = 0; read < count;) {
          const b = Math.floor((from + read) / block);
          const first = from + read - b * block;
          const taken = Math.min((b < blocks - 1 ? block : inLast) - first, count - read);
          const scale = sharedScales[bytes[scaleAt(b)]];
          for (let i = first; i < first + taken; i++, read++) {
            const byte = b * bytesPerBlock + ((i * bits) >>> 3);
            const code = ((bytes[byte] | (bytes[byte + 1] << 8)) >>> ((i * bits) & 7)) & mask;
            out[at + read] = values[code] * scale;
          }
        }
      };
    },
  };
}

/** The biased exponent of a block's scale; 0 of a block of zeros. */
function sharedExponent(largest: number, element: Element): number {
  if (largest === 0) return 0;
  const exponent = exponentOf(largest) - largestExponents[element] + exponentBias;
  return Math.min(highestExponent, Math.max(0, exponent));
}
