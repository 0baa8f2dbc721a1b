import type { Field } from '../../harness/contract/data.ts';
import { sum } from '../../base/sum.ts';
import { smallestThatFits } from '../shared/budget/bisection.ts';

/** A field's ids as quotients and remainders by a divisor, each with a table of rows. */
export interface Pair {
  /** Width of a row in the one table that the pair stands in for. */
  readonly dim: number;
  readonly quotientWidth: number;
  readonly remainderWidth: number;
  /** The larger table. */
  readonly large: 'quotient' | 'remainder';
  /** Fields with at most this many ids stay uncompressed. */
  readonly threshold: number;
}

/** undefined: a row per id, because two tables would be no smaller. */
export type Divisor = number | undefined;

/** The divisors at which `collisions` ids, on average, share a row of the larger table. */
export function divisorsAt(fields: readonly Field[], collisions: number, pair: Pair): Divisor[] {
  return fields.map(({ cardinality }) => divisorFor(cardinality, collisions, pair));
}

/**
 * The divisors with the fewest collisions that fit the budget, or the smallest tables there are. All fields have the
 * same collisions, not always a whole number; a field stops at sqrt(n), where its two tables together are smallest.
 * Sizes fall as collisions grow; `high` fits at all times, so the result does.
 */
export function solveDivisors(fields: readonly Field[], budget: number, pair: Pair): Divisor[] {
  const roots = fields.map(({ cardinality }) => Math.ceil(Math.sqrt(cardinality)));
  const upToRoot = (collisions: number) =>
    fields.map(({ cardinality }, f) => divisorFor(cardinality, Math.min(collisions, roots[f]), pair));
  const fits = (collisions: number) => {
    const divisors = upToRoot(collisions);
    const sizes = fields.map(({ cardinality }, f) => 4 * floats(cardinality, divisors[f], pair));
    return sum(sizes) <= budget;
  };
  return upToRoot(smallestThatFits(1, Math.max(...roots), fits));
}

function divisorFor(n: number, collisions: number, pair: Pair): Divisor {
  const divisor = Math.ceil(pair.large === 'quotient' ? collisions : n / collisions);
  return n > pair.threshold && collisions > 1 && floats(n, divisor, pair) < n * pair.dim
    ? divisor
    : undefined;
}

function floats(n: number, divisor: Divisor, { dim, quotientWidth, remainderWidth }: Pair): number {
  return divisor === undefined ? n * dim : Math.ceil(n / divisor) * quotientWidth + divisor * remainderWidth;
}
