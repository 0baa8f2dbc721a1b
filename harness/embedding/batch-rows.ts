import type { Batch, FurtherValues } from '../contract/data.ts';

/** Samples of a batch and further values of its pooled fields. */
export interface Pooled {
  readonly size: number;
  readonly further: FurtherValues;
}

/** The rows of ids of a batch: those of its samples, and those of further values if there are any. */
export function batchRows({ size, further }: Pick<Batch, 'size' | 'further'>): {
  readonly rows: number;
  readonly pooled?: Pooled;
} {
  if (further === undefined || further.rows === 0) return { rows: size };
  return { rows: size + further.rows, pooled: { size, further } };
}
