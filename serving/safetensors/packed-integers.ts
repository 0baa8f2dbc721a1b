import type { Dtype } from './dtypes.ts';

/** Dtype and shape of integers of so many bits: those of 8, 16 and 32 have their own; others lie side by side in bytes, the lowest bit first. */
export function packedIntegers(length: number, bits: number): { dtype: Dtype; shape: number[] } {
  const dtype = ({ 8: 'U8', 16: 'U16', 32: 'U32' } as const)[bits];
  return dtype === undefined
    ? { dtype: 'U8', shape: [Math.ceil((length * bits) / 8)] }
    : { dtype, shape: [length] };
}
