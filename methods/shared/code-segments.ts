/** Some bits of an id's code, and the table of 2^bits rows that they pick from. */
export interface Segment {
  /** -1: it has no table, for there are no bytes for even one row. */
  readonly bits: number;
  /** Which 32-bit hash of the id it is cut from, and above how many of its bits. */
  readonly word: number;
  readonly shift: number;
}

/**
 * Cuts the code of a field's ids so that the rows of all segments fit into the bytes: all segments of equal bits, then the
 * first ones of one bit more while they fit. Successive segments share a hash as long as it has bits left. At least one
 * segment has a row, whatever the bytes; where rows are `joined` to one vector, all have one.
 */
export function cutCode(bytes: number, widths: readonly number[], joined: boolean): Segment[] {
  const cost = (bits: readonly number[]) =>
    bits.reduce((sum, b, j) => sum + (b < 0 ? 0 : 4 * widths[j] * 2 ** b), 0);
  let bits: number[] = widths.map((_, j) => (joined || j === 0 ? 0 : -1));
  for (;;) {
    // The smallest segment grows next, the first of those: bits never differ by more than one.
    const j = bits.indexOf(Math.min(...bits));
    const grown = bits.map((b, i) => (i === j ? b + 1 : b));
    if (grown[j] > 31 || cost(grown) > bytes) break;
    bits = grown;
  }
  let [word, shift] = [0, 0];
  return bits.map((b) => {
    const taken = Math.max(0, b);
    if (shift + taken > 32) [word, shift] = [word + 1, 0];
    const segment = { bits: b, word, shift: taken === 0 ? 0 : shift };
    shift += taken;
    return segment;
  });
}
