import type { Storage, Table } from '../contract/method.ts';
import { blockFloats } from '../contract/storage.ts';
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
  const { stored = { kind: 'fp32' } } = table;
  const block = stored.kind === 'row-wise' ? blockFloats(table, stored) : undefined;
  return codecFor(block === undefined ? stored : { ...(stored as RowWise), block }, {
    floats: tableFloats(table),
  });
}

type RowWise = Extract<Storage, { kind: 'row-wise' }>;

/** The codec of a form, of so many floats in all. The block of `row-wise` is told. */
export function codecFor(
  stored: Storage | { readonly kind: 'fp32' },
  { floats }: { readonly floats: number },
): Codec {
  switch (stored.kind) {
    case 'fp32':
      return fp32;
    case 'fp16':
      return fp16;
    case 'row-wise':
      return rowWise(floats, stored);
    case 'fp8':
      return fp8(stored);
    case 'mx':
      return mx(stored, floats);
    case 'nf4':
      return nf4(stored, floats);
    case 'grid':
      return grid(stored);
    case 'sparse':
      return sparse(floats, stored.nonZeros);
  }
}
