import type { DenseValues } from '../../raw-rows.ts';
import type { ResolvedColumns, TableBlock } from '../reader.ts';
import type { SideTable, SideTokens } from './side-table.ts';

/** A side table and its use of a log. */
export interface JoinedSide {
  readonly table: SideTable;
  /** The place of its keys among the tokens of a block. */
  key: number;
  /** Rows of the log so far that it lacks. */
  lacking: number;
}

/**
 * Puts the features of side tables behind those of a block. Columns of the log are the first and, if they are derived, the last of
 * the block's tokens; those between are keys alone.
 */
export function joinSides(
  block: TableBlock,
  { categorical, derived }: ResolvedColumns,
  sides: readonly JoinedSide[],
): TableBlock {
  const { size, tokens } = block;
  const features = <T>(list: readonly T[]) => [
    ...list.slice(0, categorical.length),
    ...list.slice(list.length - derived.length),
  ];
  const lengths = features(block.lengths ?? tokens.map(() => undefined));
  const joined = { dense: [...block.dense], tokens: features(tokens), lengths };
  const rowOf = new Uint32Array(size);
  for (const side of sides) {
    const { table } = side;
    table.find(tokens[side.key], size, rowOf);
    for (let row = 0; row < size; row++) if (rowOf[row] === table.rows) side.lacking++;
    for (const values of table.dense) joined.dense.push(taken(values, rowOf));
    for (const column of table.tokens) {
      const { words, lengths } = takenTokens(column, rowOf);
      joined.tokens.push(words);
      joined.lengths.push(lengths);
    }
  }
  const several = joined.lengths.some((own) => own !== undefined);
  return {
    ...block,
    dense: joined.dense,
    tokens: joined.tokens,
    ...(several && { lengths: joined.lengths }),
  };
}

function taken<A extends DenseValues>(values: A, rowOf: Uint32Array): A {
  const own = new (values.constructor as new (length: number) => A)(rowOf.length);
  for (let row = 0; row < rowOf.length; row++) own[row] = values[rowOf[row]];
  return own;
}

function takenTokens(
  { words, width, starts }: SideTokens,
  rowOf: Uint32Array,
): { words: Uint32Array; lengths: Uint8Array | undefined } {
  const first = (row: number) => width * (starts ? starts[row] : row);
  const lengths = starts && Uint8Array.from(rowOf, (row) => starts[row + 1] - starts[row]);
  const values = lengths ? lengths.reduce((sum, length) => sum + length, 0) : rowOf.length;
  const own = new Uint32Array(width * values);
  let to = 0;
  for (let row = 0; row < rowOf.length; row++)
    for (let at = first(rowOf[row]), end = first(rowOf[row] + 1); at < end;) own[to++] = words[at++];
  return { words: own, lengths };
}
