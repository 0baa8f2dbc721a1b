/** IEEE 754 half precision, which no typed array of this Node has. */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The nearest 16-bit float's bits, ties to even; beyond 65,504 infinity. */
export function toHalf(x: number): number {
  float[0] = x;
  const bits = word[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds beyond the largest
  if (magnitude < 0x38800000) {
    // Below 2^-14: a multiple of 2^-24. Adding 2^-1 (whose last bit is 2^-24) rounds to one.
    float[0] = Math.abs(x) + 0.5;
    return sign | (word[0] - 0x3f000000);
  }
  // Rounds off 13 bits of the mantissa; the exponent's bias falls from 127 to 15.
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

export function fromHalf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
