import type { Field } from '../../harness/contract/data.ts';
import { tally } from './hottest.ts';

/** Share of a field's look-ups in training that are of its so many most frequent ids. Without counts all ids are alike. */
export function hotMass(field: Field): (hot: number) => number {
  const ids = [0];
  const lookUps = [0];
  const byCount = [...tally(field.counts)].sort(([a], [b]) => b - a);
  const weightOf = byCount[0][0] > 0 ? (count: number) => count : () => 1;
  for (const [count, number] of byCount) {
    ids.push(ids.at(-1)! + number);
    lookUps.push(lookUps.at(-1)! + number * weightOf(count));
  }
  return (hot) => {
    // The last of them is among ids that are seen equally often: a straight line.
    let [low, high] = [0, ids.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (ids[middle] <= hot) low = middle;
      else high = middle;
    }
    const share = (hot - ids[low]) / (ids[high] - ids[low]);
    return (lookUps[low] + share * (lookUps[high] - lookUps[low])) / lookUps.at(-1)!;
  };
}
