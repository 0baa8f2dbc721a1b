import { none } from '../../harness/contract/backend.ts';

/** A set of ids that tells of each its position among them, in constant time and little more than a bit per id. */
export interface RankedBitmap {
  readonly words: Uint32Array;
  /** Ids of the set before each word. */
  readonly before: Uint32Array;
}

export function rankedBitmap(ids: number, chosen: Iterable<number>): RankedBitmap {
  const words = new Uint32Array(Math.ceil(ids / 32));
  for (const id of chosen) words[id >>> 5] |= 1 << (id & 31);
  return rankedWords(words, new Uint32Array(0), Infinity);
}

/** From a bit per id and, for every `stretch` of them but the first, the ids of the set before it. 32 divides a stretch. */
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

/** `none` for an id that is not in the set. */
export function positionIn({ words, before }: RankedBitmap, id: number): number {
  const word = words[id >>> 5];
  const bit = 1 << (id & 31);
  return (word & bit) === 0 ? none : before[id >>> 5] + ones(word & (bit - 1));
}

/** Position of an id among those that are not in the set, `none` for one that is. */
export function positionBeside({ words, before }: RankedBitmap, id: number): number {
  const word = words[id >>> 5];
  const bit = 1 << (id & 31);
  return (word & bit) === 0 ? id - before[id >>> 5] - ones(word & (bit - 1)) : none;
}

/** How many bits are set, by sums of pairs, nibbles and bytes. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
