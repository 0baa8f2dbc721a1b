import { bothDegrees, differenceTail } from '../statistics/difference-tail.ts';
import type { PairDifference } from '../statistics/pair-noise.ts';

/** A difference that may have the extreme tail, with what its tail depends on. */
interface Candidate {
  readonly x: number;
  readonly difference: PairDifference;
  readonly bySeeds: number;
  readonly byBoth: number;
  readonly degrees: number;
  readonly both: number;
  tail?: number;
}

/**
 * The least, or the greatest, tail of several differences, where most need not be computed: for x above 0 a tail falls with x in
 * units of either noise and with both degrees of freedom, so that one of two often is the smaller for certain.
 */
export class ExtremeTail {
  private above: Candidate | undefined;
  private below: Candidate | undefined;
  private readonly least: boolean;

  constructor(kind: 'least' | 'greatest') {
    this.least = kind === 'least';
  }

  add(x: number, difference: PairDifference): void {
    const { ofSeeds, ofRows, degrees } = difference;
    const size = Math.abs(x);
    const one: Candidate = {
      x,
      difference,
      bySeeds: size / Math.sqrt(ofSeeds),
      byBoth: size / Math.sqrt(ofSeeds + ofRows),
      degrees,
      both: bothDegrees(difference),
    };
    // Below 0 a tail is 1 less that of the opposite number: the least belongs to the least tail of that again, reversed.
    if (x > 0) this.above = extreme(this.above, one, this.least);
    else this.below = extreme(this.below, one, !this.least);
  }

  /** Undefined if none was added. */
  get value(): number | undefined {
    const first = this.least ? (this.above ?? this.below) : (this.below ?? this.above);
    return first && differenceTail(first.x, first.difference);
  }
}

/** The one whose absolute value has the smaller tail, or the greater. */
function extreme(a: Candidate | undefined, b: Candidate, smaller: boolean): Candidate {
  if (a === undefined) return b;
  const [far, near] = smaller ? [a, b] : [b, a];
  if (dominates(far, near)) return a;
  if (dominates(near, far)) return b;
  return tailOf(far) <= tailOf(near) ? a : b;
}

/** The tail of the absolute value, computed once. */
function tailOf(one: Candidate): number {
  one.tail ??= differenceTail(Math.abs(one.x), one.difference);
  return one.tail;
}

/** True if the first has the smaller tail for certain. Not a number, of nothing in units of no noise, is never so. */
function dominates(one: Candidate, other: Candidate): boolean {
  return (
    one.bySeeds >= other.bySeeds &&
    one.byBoth >= other.byBoth &&
    one.degrees >= other.degrees &&
    one.both >= other.both
  );
}
