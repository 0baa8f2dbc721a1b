import type { Tensor2D } from '../../tensors/index.ts';

/** One number for all fields, or one per field. Integers, 0 .. 2^32-1. */
export type PerField = number | readonly number[];

/**
 * Unsigned 32-bit integers, one per sample and field: ids on their way to row numbers. Arithmetic is exact (results
 * wrap at 2^32, never round), and no operation touches floats. An element may be `none`: "no row"; every operation
 * leaves it `none`.
 */
export interface Indices {
  readonly batch: number;
  readonly fields: number;
  plus(addend: PerField): Indices;
  /** Quotient, rounded down. Divisors must be positive. */
  div(divisor: PerField): Indices;
  /** Remainder. Divisors must be positive. */
  mod(divisor: PerField): Indices;
  /** The bits that are set in the mask; the others become 0. */
  and(mask: PerField): Indices;
  /** A seeded hash to all of [0, 2^32): different seeds are unrelated functions. Give every field its own. */
  hash(seed: PerField): Indices;
  /** `index - from` where from <= index < to, `none` elsewhere. */
  within(from: PerField, to: PerField): Indices;
  /** The fields (columns) named, in that order; a field may come twice. */
  pick(fields: readonly number[]): Indices;
  /** Field by field, this one where `here`, the other where not. */
  orElse(here: readonly boolean[], other: Indices): Indices;
  /** The entries of a map at these positions. */
  through(map: IdMap): Indices;
  /** The numbers themselves, [batch, fields]: signs, coordinates of hash codes. Exact below 2^24; not for `none`. */
  toFloats(): Tensor2D;
  /**
   * The numbers times a power of two, plus a number, in one go: [batch, fields], the same bits as of `toFloats` and these two operations.
   * Methods ask scaledFloats (harness/ops/scaled-floats.ts), which takes those where a backend has no such thing.
   */
  toScaledFloats?(times: number, plus: number): Tensor2D;
}

/** One integer per entry, stored at `bits` bits each when serving. Every value is below 2^bits. */
export interface IdMap {
  readonly length: number;
  readonly bits: number;
  /**
   * May be computed when it is first read. One array for good. Where a plan's `afterStep` changes what is in it, it is
   * looked up by `compute`: `through` may go to a copy on a device.
   */
  readonly values: Uint32Array;
  /** The name of its bytes in reports where it names codewords or clusters; a map if absent. */
  readonly holds?: 'codes';
}

/** Values that are computed where they are read, not where only sizes are asked for. */
export function idMap(
  length: number,
  bits: number,
  compute: () => Uint32Array,
  holds?: IdMap['holds'],
): IdMap {
  let values: Uint32Array | undefined;
  return {
    length,
    bits,
    ...(holds && { holds }),
    get values() {
      values ??= compute();
      if (values.length !== length) throw new RangeError(`${values.length} values for a map of ${length}`);
      return values;
    },
  };
}

/** Bits that tell `count` numbers from 0 apart, at least 1. */
export function bitsFor(count: number): number {
  return Math.max(1, Math.ceil(Math.log2(count)));
}

/** Indices in an array of this process, row-major [batch, fields]. */
export interface IndicesInMemory extends Indices {
  readonly values: Uint32Array;
}

/** The values, for rows in arrays of this process. Throws a TypeError for indices that do not. */
export function valuesOf(indices: Indices): Uint32Array {
  if (!('values' in indices)) throw new TypeError('these indices are not in the memory of this process');
  return (indices as IndicesInMemory).values;
}
