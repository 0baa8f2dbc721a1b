import type { Table } from '../contract/method.ts';
import { tableFloats } from '../contract/table-shape.ts';
import type { Codec } from './codec.ts';
import { fp16, fp32 } from './floats.ts';
import { grid } from './grid.ts';
import { rowWise } from './row-wise.ts';
import { sparse } from './sparse.ts';

export function codecOf(table: Table): Codec {
  const { stored } = table;
  switch (stored?.kind) {
    case undefined:
      return fp32;
    case 'fp16':
      return fp16;
    case 'row-wise':
      return rowWise(table, stored);
    case 'grid':
      return grid(stored);
    case 'sparse':
      return sparse(tableFloats(table), stored.nonZeros);
  }
}
