import type { Table } from '../contract/method.ts';
import { tableFloats } from '../contract/table-shape.ts';
import type { Codec } from './codec.ts';
import { fp16, fp32 } from './floats.ts';
import { fp8 } from './fp8.ts';
import { grid } from './grid.ts';
import { mx } from './mx.ts';
import { nf4 } from './nf4.ts';
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
    case 'fp8':
      return fp8(stored);
    case 'mx':
      return mx(stored, tableFloats(table));
    case 'nf4':
      return nf4(stored, tableFloats(table));
    case 'grid':
      return grid(stored);
    case 'sparse':
      return sparse(tableFloats(table), stored.nonZeros);
  }
}
