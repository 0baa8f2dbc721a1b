import type { CompletedRun } from './record.ts';

/** Bytes of a layer, and of the keys of the ids that it tells apart. Older records do not know of keys. */
type Size = Pick<CompletedRun['size'], 'servingBytes' | 'keyBytes' | 'fullBytes' | 'fullKeyBytes'>;
type Sized = { readonly size: Size } & Pick<CompletedRun, 'count'>;

/** The bytes that count against the budget: serving bytes, with those of keys where the run counts them. */
export function countedBytes({ size, count }: Sized): number {
  return size.servingBytes + (count === 'keys' ? (size.keyBytes ?? 0) : 0);
}

/** The bytes that the budget is a share of: a full table's, with those of its keys where the run counts them. */
export function countedFullBytes({ size, count }: Sized): number {
  return size.fullBytes + (count === 'keys' ? (size.fullKeyBytes ?? 0) : 0);
}

/** Full bytes over bytes served, keys in both or in neither. A layer without bytes counts as one byte. */
export function compressionOf(size: Size, count: CompletedRun['count']): number {
  return countedFullBytes({ size, count }) / Math.max(1, countedBytes({ size, count }));
}

/** Serving bytes and keys, whether keys count or not; undefined if the record does not have the keys' bytes. */
export function bytesWithKeys({ size }: Pick<Sized, 'size'>): number | undefined {
  return size.keyBytes === undefined ? undefined : size.servingBytes + size.keyBytes;
}

/** Share of the budget that a run took, at most 1 but for the rounding of the budget to whole bytes. */
export function budgetSpent(run: Sized & Pick<CompletedRun, 'compression'>): number {
  return (countedBytes(run) * run.compression.requested) / countedFullBytes(run);
}
