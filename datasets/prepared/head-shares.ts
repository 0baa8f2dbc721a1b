import { sum } from '../../base/sum.ts';
import type { Field } from '../../harness/contract/data.ts';

/** Ratios of ids: those of the budgets that most recordings have. */
const ratios = [4, 16, 64] as const;

/** Counts below are counted, and not sorted: nearly all of them, in any log. */
const few = 1 << 16;

type Counted = Pick<Field, 'counts'>;

/**
 * The share of the lookups of the training part that goes to the most frequent quarter of all ids, to the most frequent 1/16, and to
 * 1/64 (one id at least). It is the mean of the fields' shares, each weighted with its ids: fields of few ids take most
 * lookups, and would hide the others. docs/findings.md has what methods lost at which share. Time linear in the ids.
 */
export function headShares(fields: readonly Counted[]): Record<string, number> {
  const ids = sum(fields.map(({ counts }) => counts.length));
  const falling = fallingCounts(fields);
  return Object.fromEntries(
    ratios.map((ratio) => {
      const head = headOf(falling, Math.max(1, Math.floor(ids / ratio)));
      return [ratio, sum(fields.map((field) => (field.counts.length / ids) * shareOf(field, head)))];
    }),
  );
}

/** Different counts, the largest first, with the number of ids that have them. */
function fallingCounts(fields: readonly Counted[]): (readonly [count: number, ids: number])[] {
  const idsOf = new Float64Array(few);
  const idsOfMany = new Map<number, number>();
  for (const { counts } of fields)
    for (const count of counts) {
      if (count < few) idsOf[count]++;
      else idsOfMany.set(count, 1 + (idsOfMany.get(count) ?? 0));
    }
  const falling: (readonly [count: number, ids: number])[] = [...idsOfMany].sort(([a], [b]) => b - a);
  for (let count = few - 1; count >= 0; count--) if (idsOf[count] > 0) falling.push([count, idsOf[count]]);
  return falling;
}

interface Head {
  /** Ids that occur more often belong to it. */
  readonly above: number;
  /** The part of those that occur as often which belongs to it. */
  readonly ofEqual: number;
}

function headOf(falling: readonly (readonly [count: number, ids: number])[], size: number): Head {
  let left = size;
  for (const [count, ids] of falling) {
    if (ids >= left) return { above: count, ofEqual: left / ids };
    left -= ids;
  }
  throw new RangeError('there are no ids');
}

function shareOf({ counts }: Counted, { above, ofEqual }: Head): number {
  let [lookups, ofHead] = [0, 0];
  for (const count of counts) {
    lookups += count;
    if (count > above) ofHead += count;
    else if (count === above) ofHead += ofEqual * count;
  }
  return lookups === 0 ? 1 : ofHead / lookups;
}
