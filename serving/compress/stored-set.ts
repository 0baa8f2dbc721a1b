import type { RecipeSet } from '../../harness/contract/conversion.ts';

/** The position of a number that is in no set or case. */
export const nowhere = 0xffffffff;

/** Some numbers, with the position of each among them and of each other one among the others. */
export interface NumberSet {
  readonly positionOf: (number: number) => number;
  readonly positionBeside: (number: number) => number;
}

/** `values`: those of the set's map: a sorted list, or words with a bit for each number. */
export function numberSet({ numbers, form }: RecipeSet, values: Uint32Array): NumberSet {
  const words = form === 'bits' ? values : wordsOf(numbers, values);
  const before = new Uint32Array(words.length); // members before each word
  for (let word = 0, passed = 0; word < words.length; word++) {
    before[word] = passed;
    passed += ones(words[word]);
  }
  const membersBefore = (number: number) =>
    before[number >>> 5] + ones(words[number >>> 5] & ((1 << (number & 31)) - 1));
  const has = (number: number) => ((words[number >>> 5] >>> (number & 31)) & 1) === 1;
  return {
    positionOf: (number) => (has(number) ? membersBefore(number) : nowhere),
    positionBeside: (number) => (has(number) ? nowhere : number - membersBefore(number)),
  };
}

function wordsOf(numbers: number, members: Uint32Array): Uint32Array {
  const words = new Uint32Array(Math.ceil(numbers / 32));
  for (const member of members) if (member < numbers) words[member >>> 5] |= 1 << (member & 31);
  return words;
}

/** Bits that are set, by sums of pairs, of fours and of bytes. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
