/** The position of a number that has none. */
const none = 2 ** 32 - 1;

/** A set of numbers that tells of each its position among them, in constant time and little more than a bit per number. */
export interface RankedBitmap {
  readonly words: Uint32Array;
  /** Members before each word. */
  readonly before: Uint32Array;
}

export function rankedBitmap(numbers: number, chosen: Iterable<number>): RankedBitmap {
  const words = new Uint32Array(Math.ceil(numbers / 32));
  for (const one of chosen) words[one >>> 5] |= 1 << (one & 31);
  return rankedWords(words, new Uint32Array(0), Infinity);
}

/** Reads a bit per number and, for every `stretch` of them but the first, the members before it. 32 divides a stretch. */
export function rankedWords(words: Uint32Array, beforeStretches: Uint32Array, stretch: number): RankedBitmap {
  let passed = 0;
  return {
    words,
    before: words.map((word, at) => {
      if (at > 0 && (32 * at) % stretch === 0) passed = beforeStretches[(32 * at) / stretch - 1];
      const before = passed;
      passed += ones(word);
      return before;
    }),
  };
}

/** Position of a number in the set, `none` for one that is not in it. */
export function positionIn({ words, before }: RankedBitmap, number: number): number {
  const word = words[number >>> 5];
  const bit = 1 << (number & 31);
  return (word & bit) === 0 ? none : before[number >>> 5] + ones(word & (bit - 1));
}

/** Position of a number among those that are not in the set, `none` for one that is. */
export function positionBeside({ words, before }: RankedBitmap, number: number): number {
  const word = words[number >>> 5];
  const bit = 1 << (number & 31);
  return (word & bit) === 0 ? number - before[number >>> 5] - ones(word & (bit - 1)) : none;
}

/** Number of bits of a word that are set, by sums of pairs, nibbles and bytes. */
export function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
