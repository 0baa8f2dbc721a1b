import { UserError } from '../../base/user-error.ts';
import type { NumberedColumn } from './numbered-column.ts';
import { TokenTable } from './token-table.ts';
import { WideTokenTable } from './wide-token-table.ts';

export interface Numbered {
  /** Occurrences in the training part of its tokens, which have the first numbers. */
  readonly countsByNumber: Uint32Array; // [different training tokens]
  /** Training tokens with the 64-bit hash of another one. */
  readonly collisions: number;
  /** Only if they are wanted. */
  readonly tokensByNumber?: Uint32Array; // [numbers, words]
}

interface Wanted {
  /** Values of the training part, which are the first, and all values. */
  readonly train: number;
  readonly values: number;
  readonly wantsTokens: boolean;
  /** Tokens that training does not have get numbers of their own, and not one that they share. */
  readonly numbersUnseen: boolean;
}

/**
 * Numbers all tokens of a column in the order of their first occurrence, and counts those of the training part. The table goes when this
 * ends. Throws a UserError for more tokens than there is memory for.
 */
export function numbered(
  name: string,
  column: NumberedColumn,
  words: number,
  { train, values, wantsTokens, numbersUnseen }: Wanted,
): Numbered {
  const wide = words > 1;
  try {
    const table = wide ? new WideTokenTable(words) : new TokenTable();
    const count = (tokens: Uint32Array, numbers: Uint32Array) =>
      table.count(tokens, 0, numbers.length, numbers);
    const number = (tokens: Uint32Array, numbers: Uint32Array) =>
      table.number(tokens, 0, numbers.length, numbers);
    column.fill(0, train, count);
    const { distinct } = table;
    const collisions = wide ? (table as WideTokenTable).collisions : 0;
    const counted = table.countsByNumber();
    const countsByNumber = numbersUnseen ? counted.slice() : counted;
    column.fill(train, values, numbersUnseen ? count : number);
    return {
      ...{ countsByNumber: countsByNumber.subarray(0, distinct), collisions },
      ...(wantsTokens && { tokensByNumber: table.tokensByNumber() }),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      `${name}: its different tokens do not fit in memory (${error.message}): use fewer rows, or bound the tokens where the data set ` +
        'can (--max-ids-per-field N)',
    );
  }
}
