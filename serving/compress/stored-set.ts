import { positionBeside, positionIn, rankedBitmap, rankedWords } from '../../base/ranked-bitmap.ts';
import type { RecipeSet } from '../../harness/contract/conversion.ts';

/** The position of a number that is in no set or case. */
export const nowhere = 0xffffffff;

/** Some numbers, with the position of each among them and of each other one among the others. */
export interface NumberSet {
  readonly positionOf: (number: number) => number;
  readonly positionBeside: (number: number) => number;
}

/** `values`: those of the set's map: a sorted list, filled up with `numbers`, or words with a bit for each number. */
export function numberSet({ numbers, form }: RecipeSet, values: Uint32Array): NumberSet {
  const ranked =
    form === 'bits'
      ? rankedWords(values, new Uint32Array(0), Infinity)
      : rankedBitmap(
          numbers,
          values.filter((member) => member < numbers),
        );
  return {
    positionOf: (number) => positionIn(ranked, number),
    positionBeside: (number) => positionBeside(ranked, number),
  };
}
