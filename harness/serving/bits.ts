/** Unsigned integers of up to 32 bits each, side by side in bytes, the lowest bit first. */

export function packBits(values: ArrayLike<number>, bits: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((values.length * bits) / 8));
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    let value = values[i];
    for (let left = bits; left > 0;) {
      const free = 8 - (at & 7);
      const taken = Math.min(free, left);
      packed[Math.floor(at / 8)] |= (value & (2 ** taken - 1)) << (at & 7);
      value = Math.floor(value / 2 ** taken);
      left -= taken;
      at += taken;
    }
  }
  return packed;
}

/** The i-th of them. */
export function bitsAt(packed: Uint8Array, bits: number, i: number): number {
  let at = i * bits;
  let value = 0;
  for (let have = 0; have < bits;) {
    const taken = Math.min(8 - (at & 7), bits - have);
    const part = (packed[Math.floor(at / 8)] >>> (at & 7)) & (2 ** taken - 1);
    value += part * 2 ** have;
    have += taken;
    at += taken;
  }
  return value;
}

export function unpackBits(packed: Uint8Array, bits: number, count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => bitsAt(packed, bits, i));
}
