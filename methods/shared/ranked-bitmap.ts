import { none } from '../../harness/contract/backend.ts';
import { firstRows } from './rows.ts';

/** A set of ids that tells of each its position among them, in constant time and little more than a bit per id. */
export interface RankedBitmap {
  readonly words: Uint32Array;
  /** Ids of the set before each word. */
  readonly before: Uint32Array;
}

export function rankedBitmap(cardinality: number, chosen: Uint32Array): RankedBitmap {
  const words = new Uint32Array(Math.ceil(cardinality / 32));
  for (const id of chosen) words[id >>> 5] |= 1 << (id & 31);
  const parts = Array.from(words, (word) => ({ rows: ones(word) }));
  return { words, before: Uint32Array.from(firstRows(parts)) };
}

/** From a bit per id and, of every `stretch` of them but the first, the ids of the set before it. 32 divides a stretch. */
export function rankedFlags(flags: Uint32Array, before: Uint32Array, stretch: number): RankedBitmap {
  const { words } = rankedBitmap(
    flags.length,
    Uint32Array.from(flags.keys()).filter((id) => flags[id] === 1),
  );
  let sinceStretch = 0;
  return {
    words,
    before: words.map((_, word) => {
      sinceStretch = word % (stretch / 32) === 0 ? 0 : sinceStretch + ones(words[word - 1]);
      const passed = Math.floor((32 * word) / stretch);
      return (passed === 0 ? 0 : before[passed - 1]) + sinceStretch;
    }),
  };
}

/** `none` for an id that is not in the set. */
export function positionIn({ words, before }: RankedBitmap, id: number): number {
  const word = words[id >>> 5];
  const bit = 1 << (id & 31);
  return (word & bit) === 0 ? none : before[id >>> 5] + ones(word & (bit - 1));
}

/** How many bits are set, by sums of pairs, nibbles and bytes. */
export function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
