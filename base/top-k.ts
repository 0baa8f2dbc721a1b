/**
 * The positions, ascending, of the `count` floats of largest magnitude; the first ones among equals. All positions if there are
 * no more floats. Time is linear in the floats.
 */
export function topK(floats: Float32Array, count: number): Uint32Array {
  if (count >= floats.length) return Uint32Array.from(floats.keys());
  if (count <= 0) return new Uint32Array(0);
  // Floats without their signs are in the order of their bits.
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  const { least, ties } = leastOfTopK(words, count);
  const positions = new Uint32Array(count);
  let left = ties;
  let found = 0;
  for (let at = 0; at < words.length; at++) {
    const magnitude = words[at] & 0x7fffffff;
    if (magnitude > least || (magnitude === least && left-- > 0)) positions[found++] = at;
  }
  return positions;
}

/** The number of bits in each digit of a magnitude of 31 bits, the highest digit first. */
const digits = [11, 10, 10];

/**
 * The smallest magnitude among the `count` largest, and how many with that magnitude belong to them, the first ones. `words`: the bits
 * of floats, more than `count`; magnitudes are these bits without the sign. Found digit by digit.
 */
export function leastOfTopK(words: Uint32Array, count: number): { least: number; ties: number } {
  return leastOfPieces(() => [words], count);
}

/** The same of words that come in pieces, three times over. */
export function leastOfPieces(
  pieces: () => Iterable<Uint32Array>,
  count: number,
): { least: number; ties: number } {
  let [least, ties, shift] = [0, count, 31];
  for (const bits of digits) {
    const above = shift;
    shift -= bits;
    const mask = 2 ** bits - 1;
    const counts = new Uint32Array(2 ** bits); // counts those that agree in the digits before
    for (const words of pieces())
      for (const word of words) {
        const magnitude = word & 0x7fffffff;
        if (magnitude >>> above === least) counts[(magnitude >>> shift) & mask]++;
      }
    let digit = mask;
    while (counts[digit] < ties) ties -= counts[digit--];
    least = (least << bits) | digit;
  }
  return { least, ties };
}
