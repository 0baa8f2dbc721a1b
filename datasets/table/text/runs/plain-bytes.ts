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

/**
 * The number that a little-endian word begins with, if it has 0 to 3 digits and the separator ends it: 4 * number + digits; -1 otherwise.
 * `pattern` is four times the separator. Digits are added up without a loop, whose end would be mispredicted at almost every cell.
 */
export function shortNumber(word: number, pattern: number): number {
  const other = word ^ pattern;
  const marks = (other - 0x01010101) & ~other & highBits;
  if (marks === 0) return -1;
  const digits = lowestMarked(marks);
  if (digits === 0) return 0;
  const values = (word ^ 0x30303030) << (32 - 8 * digits); // the last digit is the highest byte
  if ((((values + 0x76767676) | values) & highBits) !== 0) return -1;
  const number = (values >>> 24) + 10 * ((values >>> 16) & 0xff) + 100 * ((values >>> 8) & 0xff);
  return 4 * number + digits;
}
