/**
 * The places of the numbers from the least to the greatest, equal ones in the order they came: a radix sort of their bits,
 * eleven at a time, several times faster than comparing. 0 and -0 are not told apart; no NaN.
 */
export function ascending(numbers: Float32Array): Uint32Array {
  const count = numbers.length;
  // Adding 0 makes -0 a 0. Flipping all bits of negative numbers, and the sign of others, orders floats as integers.
  const floats = new Float32Array(count);
  const keys = new Uint32Array(floats.buffer);
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    floats[i] = numbers[i] + 0;
    keys[i] ^= keys[i] >>> 31 ? 0xffffffff : 0x80000000;
    order[i] = i;
  }
  let next = new Uint32Array(count);
  for (const shift of [0, 11, 22]) {
    const starts = new Uint32Array(2049);
    for (let i = 0; i < count; i++) starts[((keys[i] >>> shift) & 2047) + 1]++;
    for (let digit = 1; digit < 2048; digit++) starts[digit] += starts[digit - 1];
    for (let i = 0; i < count; i++) {
      const place = order[i];
      next[starts[(keys[place] >>> shift) & 2047]++] = place;
    }
    [order, next] = [next, order];
  }
  return order;
}
