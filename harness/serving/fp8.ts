import type { Storage } from '../contract/method.ts';
import { tableScaleBytes } from '../contract/number-formats.ts';
import type { Codec } from './codec.ts';
import { encoderOf, exponentOf, valuesOf } from './elements.ts';
import { largestMagnitude } from './finite.ts';

type Fp8 = Extract<Storage, { kind: 'fp8' }>;

/** The exponent of the largest number, 1.75 times a power of two in both forms. */
const largestExponents = { e4m3: 8, e5m2: 15 } as const;

/** A code per float (Micikevicius et al., FP8 Formats for Deep Learning, 2022), then the scale of all, if there is one. */
export function fp8({ element, scaled }: Fp8): Codec {
  return {
    encode(floats) {
      const bytes = new Uint8Array(floats.length + (scaled ? tableScaleBytes : 0));
      const largest = largestMagnitude(floats, 0, floats.length); // refuses what is not finite
      const scale = scaled ? fp8Scale(largest, element) : 1;
      bytes.set(fp8Codes(floats, scale, element));
      if (scaled) new DataView(bytes.buffer).setFloat32(floats.length, scale, true);
      return bytes;
    },
    reader(bytes) {
      const values = valuesOf(element);
      const scale = tableScale(bytes, scaled);
      return (from, count, out, at) => {
        for (let i = 0; i < count; i++) out[at + i] = values[bytes[from + i]] * scale;
      };
    },
  };
}

/** Codes alone, of floats that are divided by a scale. */
export function fp8Codes(floats: Float32Array, scale: number, element: Fp8['element']): Uint8Array {
  const encode = encoderOf(element);
  const codes = new Uint8Array(floats.length);
  for (let i = 0; i < floats.length; i++) codes[i] = encode(floats[i] / scale);
  return codes;
}

/** The scale at the end of a table's bytes. */
export function tableScale(bytes: Uint8Array, scaled: boolean): number {
  if (!scaled) return 1;
  const { buffer, byteOffset, byteLength } = bytes;
  return new DataView(buffer, byteOffset, byteLength).getFloat32(byteLength - tableScaleBytes, true);
}

/**
 * The smallest power of two by which the largest magnitude is divided to no more than the largest number; from 2^-126, the
 * least that keeps its precision, to that whose product with the largest number is still a float.
 */
export function fp8Scale(largest: number, element: Fp8['element']): number {
  if (largest === 0) return 1;
  const exponent = exponentOf(largest);
  const above = largest > 1.75 * 2 ** exponent ? 1 : 0;
  const most = largestExponents[element];
  return 2 ** Math.min(127 - most, Math.max(-126, exponent + above - most));
}
