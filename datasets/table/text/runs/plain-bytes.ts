/**
 * A search for the end of a plain cell in four bytes at once: the arithmetic of "has a byte less than n" and "has a zero byte" (S. E. Anderson,
 * Bit Twiddling Hacks). The lowest byte that it marks is always right; those above may be marked by a borrow.
 */
export const highBits = 0x80808080 | 0;
/** Bytes below this one may end a cell: NUL, tab, line feed, carriage return; the others among them are for the scanner. */
export const belowPlain = 14;
export const fourTimes = (byte: number): number => Math.imul(byte, 0x01010101);

/** Marks the bytes of a word that are below 14 or equal to the byte of `pattern`, four times the separator. */
export function markEnds(word: number, pattern: number): number {
  const other = word ^ pattern;
  return (((word - 0x0e0e0e0e) & ~word) | ((other - 0x01010101) & ~other)) & highBits;
}

/** The number of the lowest marked byte of four. */
export const lowestMarked = (marks: number): number => (31 - Math.clz32(marks & -marks)) >> 3;

/** Bytes of a little-endian word that belong to a cell which ends at byte n of four. */
export const lowBytes = Int32Array.of(0, 0xff, 0xffff, 0xffffff);
