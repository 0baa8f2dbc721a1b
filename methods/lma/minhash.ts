import { deriveSeed, hash32 } from '../../base/hash.ts';
import { permutation } from '../../base/random.ts';

/** Digits of 4 bits to a signature: one 32-bit word. */
export const digits = 8;
const digitBits = 4;

/** A mask for each of `columns` coordinates, with the bits of `power` digits that are drawn for it. */
export function digitMasks(columns: number, power: number, seed: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const drawn = permutation(digits, deriveSeed(seed, 'digits', column)).subarray(0, power);
    return drawn.reduce((mask, digit) => mask | (15 << (digitBits * digit)), 0) >>> 0;
  });
}

/**
 * Signatures whose digits agree as often as the sets of rows that entries occur in overlap: of rows `positions`, row-major
 * [rows, columns], each naming an entry (or any number from `entries` on, for none). A digit is the lowest 4 bits of the
 * least hash of an entry's rows, so two digits agree with probability J + (1 - J) / 16, J the Jaccard similarity (Broder
 * 1997). An entry in no row has random digits.
 */
export function minhashSignatures(
  positions: Uint32Array,
  columns: number,
  entries: number,
  seed: number,
): Uint32Array {
  const minima = new Uint32Array(entries * digits).fill(0xffffffff);
  const hashes = new Uint32Array(digits);
  const seeds = Array.from({ length: digits }, (_, digit) => deriveSeed(seed, 'minhash', digit));
  for (let from = 0, row = 0; from < positions.length; from += columns, row++) {
    for (let digit = 0; digit < digits; digit++) hashes[digit] = hash32(row, seeds[digit]);
    for (let column = 0; column < columns; column++) {
      const entry = positions[from + column];
      if (entry >= entries) continue;
      for (let digit = 0, at = entry * digits; digit < digits; digit++, at++)
        if (hashes[digit] < minima[at]) minima[at] = hashes[digit];
    }
  }
  const unseen = deriveSeed(seed, 'unseen');
  return Uint32Array.from({ length: entries }, (_, entry) => {
    const at = entry * digits;
    if (minima[at] === 0xffffffff) return hash32(entry, unseen);
    let word = 0;
    for (let digit = 0; digit < digits; digit++) word |= (minima[at + digit] & 15) << (digitBits * digit);
    return word >>> 0;
  });
}
