/** IEEE 754 half precision, which no typed array of this Node has. */

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The bits of the 16-bit float nearest to a 32-bit one, ties to even; from 65,520 on infinity. */
export function toHalf(x: number): number {
  float[0] = x;
  const bits = word[0];
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0x7e00; // NaN, without the sign that JavaScript does not tell
  if (magnitude >= 0x47800000) return sign | 0x7c00; // 2^16; what rounds to it comes out right below
  if (magnitude < 0x38800000) {
    // Values below 2^-14 are multiples of 2^-24. Adding 2^-1 (whose last bit is 2^-24) rounds to one.
    float[0] = Math.abs(float[0]) + 0.5;
    return sign | (word[0] - 0x3f000000);
  }
  // Rounds off 13 bits of the mantissa; the exponent's bias falls from 127 to 15.
  return sign | ((magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000) >>> 13);
}

/** The bits of the largest 16-bit float that is not above a 32-bit one. */
export function halfBelow(x: number): number {
  const nearest = toHalf(x);
  if (!(fromHalf(nearest) > x)) return nearest;
  return nearest & 0x8000 ? nearest + 1 : nearest - 1;
}

export function fromHalf(half: number): number {
  return halves()[half];
}

let table: Float32Array | undefined;

/** The values of all 65,536, in the order of their bits: reading one takes a tenth of the time of putting it together. */
export function halves(): Float32Array {
  return (table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => valueOf(bits)));
}

function valueOf(half: number): number {
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
