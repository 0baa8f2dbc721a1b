/**
 * Unsigned integers of up to 32 bits each, side by side in bytes, the lowest bit first. Positions of bits are counted in
 * doubles: there may be more than 2^32.
 */

/** Throws a RangeError for a value that does not fit. */
export function packBits(values: ArrayLike<number>, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((values.length * bits) / 8));
  packInto(packed, 0, values, values.length, bits);
  return packed;
}

/** The first `count` of some values, from a byte on; bytes there are zeros so far. Throws as packBits does. */
export function packInto(
  packed: Uint8Array,
  first: number,
  values: ArrayLike<number>,
  count: number,
  bits: number,
): void {
  const end = 2 ** bits;
  let byte = first;
  let have = 0; // bits of packed[byte] that are taken, up to all 8
  for (let i = 0; i < count; i++) {
    const value = values[i];
    if (!(value < end)) throw new RangeError(`${value} does not fit into ${bits} bits`);
    packed[byte] |= value << have; // a byte keeps the lowest 8 bits
    let done = 8 - have;
    for (; done < bits; done += 8) packed[++byte] = value >>> done;
    have = bits - done + 8;
  }
}

/** The i-th of them. */
export function bitsAt(packed: Uint8Array, bits: number, i: number): number {
  const at = i * bits;
  const shift = at & 7;
  const byte = (at - shift) / 8;
  let word = packed[byte] >>> shift;
  for (let have = 8 - shift, next = byte + 1; have < bits; have += 8) word |= packed[next++] << have;
  return bits === 32 ? word >>> 0 : word & ((1 << bits) - 1);
}

export function unpackBits(packed: Uint8Array, bits: number, count: number): Uint32Array {
  const values = new Uint32Array(count);
  for (let i = 0; i < count; i++) values[i] = bitsAt(packed, bits, i);
  return values;
}
