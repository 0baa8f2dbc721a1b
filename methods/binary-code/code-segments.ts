import { sum } from '../../base/sum.ts';

/** Some bits of an id's code, and the table of 2^bits rows that they pick from. */
export interface Segment {
  /** -1: it has no table, for there are no bytes for even one row. */
  readonly bits: number;
  /** Number of the 32-bit hash of the id that it is cut from, and the number of lower bits that it skips. */
  readonly word: number;
  readonly shift: number;
}

/**
 * Bits of the segments whose rows fit into the bytes: all of equal bits, then the first ones of one bit more while they
 * fit. At least one segment has a row, whatever the bytes; where rows are `joined` to one vector, all have one.
 */
export function segmentBits(bytes: number, widths: readonly number[], joined: boolean): readonly number[] {
  let bits: readonly number[] = widths.map((_, j) => (joined || j === 0 ? 0 : -1));
  for (;;) {
    const grown = grow(bits);
    if (Math.max(...grown) > 31 || segmentBytes(grown, widths) > bytes) return bits;
    bits = grown;
  }
}

/** The smallest segment has one bit more, the first of those: bits never differ by more than one. */
export function grow(bits: readonly number[]): readonly number[] {
  const smallest = bits.indexOf(Math.min(...bits));
  return bits.map((b, j) => (j === smallest ? b + 1 : b));
}

export const segmentBytes = (bits: readonly number[], widths: readonly number[]) =>
  sum(bits.map((b, j) => (b < 0 ? 0 : 4 * widths[j] * 2 ** b)));

/** Cuts the code of a field's ids. Successive segments share a hash as long as it has bits left. */
export function cutCode(bits: readonly number[]): Segment[] {
  let [word, shift] = [0, 0];
  return bits.map((b) => {
    const taken = Math.max(0, b);
    if (shift + taken > 32) [word, shift] = [word + 1, 0];
    const segment = { bits: b, word, shift: taken === 0 ? 0 : shift };
    shift += taken;
    return segment;
  });
}
