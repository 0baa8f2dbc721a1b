import type { CompletedRun } from '../../results/record.ts';
import type { Bytes } from '../../results/size-record.ts';
import { formatBytes, formatFixed } from '../format.ts';

/** A stretch of the bar of serving bytes. */
export interface ByteKind {
  readonly kind: keyof Bytes;
  /** Percent of all serving bytes, for the width of the stretch. */
  readonly percent: string;
  /** `1.15 MB (95 %)`; the bytes alone for a kind that is everything. */
  readonly text: string;
}

const kinds: readonly (keyof Bytes)[] = ['tables', 'scales', 'positions', 'weights', 'maps', 'codes'];

/** Serving bytes by kind, without kinds of zero bytes; empty if the record has none. */
export function byteKindsOf({ size }: CompletedRun): ByteKind[] {
  const { bytes, servingBytes } = size;
  if (bytes === undefined) return [];
  return kinds
    .filter((kind) => bytes[kind] > 0)
    .map((kind) => {
      const percent = (100 * bytes[kind]) / servingBytes;
      const share = bytes[kind] === servingBytes ? '' : ` (${percent < 0.1 ? '< 0.1' : digits(percent)} %)`;
      return { kind, percent: percent.toFixed(2), text: formatBytes(bytes[kind]) + share };
    });
}

const digits = (percent: number) => formatFixed(percent, percent < 10 || percent > 99 ? 1 : 0);
