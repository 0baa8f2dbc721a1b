import type { Tile } from './tiles.ts';

/** The form that a product's program is made for; all else comes with a dispatch. */
export interface ProductForm {
  readonly tile: Tile;
  /** Operands that lie in memory the other way round: [inner, rows], [columns, inner]. */
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  /** Operands whose rows have lengths and beginnings that are multiples of four floats. */
  readonly quads: { readonly a: boolean; readonly b: boolean; readonly c: boolean };
  /** Added to every row of the result: [columns]. */
  readonly bias: boolean;
  readonly relu: boolean;
  /** [rows, columns]: the result is 0 if it is not positive. Laid out as c. */
  readonly mask: boolean;
  /** The columns of b are summed, too. Of a b that is not transposed, and batches of one. */
  readonly sums: boolean;
  /** The operand whose matrices are taken by the second number of a batch's place, others by the first. */
  readonly placed: 'none' | 'a' | 'b' | 'c';
}

/** Numbers in the order of the program's parameters. */
export const productParams = [
  'rows',
  'columns',
  'inner',
  'batches',
  'chunk', // of inner, for each part of a sum
  'groups', // workgroups with something to do
  'strideA', // floats between rows in memory
  'strideB',
  'strideC',
  'stepA', // floats between the batch's matrices
  'stepB',
  'stepC',
  'stepPart', // floats of c between parts of the sums
  'add', // 1: to what c has
] as const;

export function nameOf({
  tile,
  transposeA,
  transposeB,
  bias,
  relu,
  mask,
  sums,
  placed,
}: ProductForm): string {
  const does = Object.entries({ bias, relu, mask, sums, placed: placed !== 'none' }).filter(([, on]) => on);
  const layout = `${transposeA ? 't' : 'n'}${transposeB ? 't' : 'n'}`;
  return [
    'product',
    layout,
    `${tile.rows}x${tile.columns}x${tile.inner}`,
    ...does.map(([name]) => name),
  ].join(' ');
}
