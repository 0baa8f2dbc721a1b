import type { Field } from '../../../harness/contract/data.ts';
import { sum } from '../../../base/sum.ts';
import { largestWithin } from '../budget/bisection.ts';

/**
 * The number of ids of each field that are among the `rows` most frequent of all fields together. Ids that are seen as often as the
 * last of them are taken from all fields in proportion. The counts are read once for all `rows`.
 */
export function hottest(fields: readonly Field[]): (rows: number) => number[] {
  const tallies = fields.map(({ counts }) => tally(counts));
  const values = [...new Set(tallies.flatMap((ids) => [...ids.keys()]))].sort((a, b) => b - a);
  // Number of ids that are seen more often than each value: of each field, and of all fields together.
  const above = tallies.map((ofField) => sums(values.map((value) => ofField.get(value) ?? 0)));
  const all = values.map((_, v) => sum(above.map((ofField) => ofField[v])));
  return (rows) => {
    const v = largestWithin(values.length - 1, (value) => all[value] <= rows);
    const ids = above.map((ofField) => ofField[v + 1] - ofField[v]);
    const total = sum(ids);
    const wanted = Math.min(total, rows - all[v]);
    const parts = ids.map((count) => Math.floor(count * (wanted / total)));
    let left = wanted - sum(parts);
    // Rounding down has left fewer than one per field.
    return ids.map((count, f) => {
      const one = left > 0 && parts[f] < count ? 1 : 0;
      left -= one;
      return above[f][v] + parts[f] + one;
    });
  };
}

/** Sums of the numbers before each, and of all. */
function sums(numbers: readonly number[]): number[] {
  const found = [0];
  for (const number of numbers) found.push(found.at(-1)! + number);
  return found;
}

/** Number of ids with each count. */
export function tally(counts: Uint32Array): Map<number, number> {
  const small = new Float64Array(2 ** 12); // nearly all ids of a log are rare
  const ids = new Map<number, number>();
  for (const count of counts) {
    if (count < small.length) small[count]++;
    else ids.set(count, (ids.get(count) ?? 0) + 1);
  }
  small.forEach((number, count) => {
    if (number > 0) ids.set(count, number);
  });
  return ids;
}

/** Share of a field's lookups in training that its `hot` most frequent ids have. Without counts all ids are alike. */
export function hotMass(field: Field): (hot: number) => number {
  const ids = [0];
  const lookups = [0];
  const byCount = [...tally(field.counts)].sort(([a], [b]) => b - a);
  const weightOf = byCount[0][0] > 0 ? (count: number) => count : () => 1;
  for (const [count, number] of byCount) {
    ids.push(ids.at(-1)! + number);
    lookups.push(lookups.at(-1)! + number * weightOf(count));
  }
  return (hot) => {
    // The share rises in a straight line among ids that are seen equally often.
    const low = largestWithin(ids.length - 2, (at) => ids[at] <= hot);
    const share = (hot - ids[low]) / (ids[low + 1] - ids[low]);
    return (lookups[low] + share * (lookups[low + 1] - lookups[low])) / lookups.at(-1)!;
  };
}
