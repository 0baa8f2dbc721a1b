import { elementBits } from '../contract/number-formats.ts';
import type { Element } from '../contract/method.ts';

/**
 * Floats of 4, 6 and 8 bits: sign, exponent, mantissa, with subnormal numbers as in IEEE 754. 8-bit ones as in Micikevicius et al.,
 * FP8 Formats for Deep Learning, 2022, the others as in OCP Microscaling Formats 1.0, 2023.
 */
interface SmallFloat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  /** The code of the largest number. */
  readonly largest: number;
}

const smallFloats: Readonly<Record<Exclude<Element, 'int8'>, SmallFloat>> = {
  e4m3: { exponentBits: 4, mantissaBits: 3, largest: 0x7e },
  e5m2: { exponentBits: 5, mantissaBits: 2, largest: 0x7b },
  e2m3: { exponentBits: 2, mantissaBits: 3, largest: 0x1f },
  e3m2: { exponentBits: 3, mantissaBits: 2, largest: 0x1f },
  e2m1: { exponentBits: 2, mantissaBits: 1, largest: 0x7 },
};

const biasOf = ({ exponentBits }: SmallFloat) => 2 ** (exponentBits - 1) - 1;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** Floor of log2 of a positive 32-bit float, by its bits. */
export function exponentOf(x: number): number {
  double[0] = x;
  return (words[1] >>> 20) - 1023; // all 32-bit floats are normal as 64-bit ones
}

/** A number from 0 to 2^51 to the nearest whole one, ties to even: what the mantissa has no room for is rounded off so. */
export const nearestEven = (x: number) => x + 2 ** 52 - 2 ** 52;

/** Half of the codes that one integer of 64ths can have: -128 is not used. */
const highestInteger = 127;

/**
 * The code of the number nearest to x, ties to even; beyond the largest, that of the largest. The sign stays where a float is
 * rounded to zero. x is finite, and exact for quotients of a 32-bit float and a power of two.
 */
export function encoderOf(element: Element): (x: number) => number {
  if (element === 'int8')
    return (x) => {
      const magnitude = Math.min(highestInteger, nearestEven(Math.min(2, Math.abs(x)) * 64));
      return (x < 0 ? -magnitude : magnitude) & 0xff;
    };
  const { mantissaBits, largest } = smallFloats[element];
  const bias = biasOf(smallFloats[element]);
  const most = valuesOf(element)[largest];
  const signBit = 1 << (elementBits[element] - 1);
  return (x) => {
    const magnitude = Math.min(most, Math.abs(x));
    const sign = x < 0 || Object.is(x, -0) ? signBit : 0;
    const exponent = magnitude === 0 ? 1 - bias : Math.max(1 - bias, exponentOf(magnitude));
    const mantissa = nearestEven(magnitude * 2 ** (mantissaBits - exponent));
    // A subnormal number lacks the leading one, and has an exponent field of 0; one that is rounded up to a power of two carries over.
    return sign | (((exponent + bias - 1) << mantissaBits) + mantissa);
  };
}

const known = new Map<Element, Float32Array>();

/** The values of all codes, in their order. No code is the value -0: it reads as 0. */
export function valuesOf(element: Element): Float32Array {
  let values = known.get(element);
  if (values === undefined) {
    values = Float32Array.from({ length: 2 ** elementBits[element] }, (_, code) => valueOf(element, code));
    known.set(element, values);
  }
  return values;
}

function valueOf(element: Element, code: number): number {
  if (element === 'int8') return ((code << 24) >> 24) / 64;
  const { mantissaBits, largest } = smallFloats[element];
  const bias = biasOf(smallFloats[element]);
  const signBit = 1 << (elementBits[element] - 1);
  const magnitude = code & (signBit - 1);
  if (magnitude === 0) return 0;
  const sign = code & signBit ? -1 : 1;
  if (magnitude > largest) return element === 'e5m2' && magnitude === largest + 1 ? sign * Infinity : NaN;
  const exponent = magnitude >> mantissaBits;
  const mantissa = (magnitude & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
  return exponent === 0 ? sign * mantissa * 2 ** (1 - bias) : sign * (1 + mantissa) * 2 ** (exponent - bias);
}
