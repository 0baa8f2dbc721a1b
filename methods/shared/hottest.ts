import type { Field } from '../../harness/contract/data.ts';

/**
 * How many ids of each field are among the `rows` most frequent of all fields together. Ids that are seen as often as the
 * last of them are taken from all fields in proportion. The counts are read once for all `rows`.
 */
export function hottest(fields: readonly Field[]): (rows: number) => number[] {
  const tallies = fields.map(({ counts }) => tally(counts));
  const values = [...new Set(tallies.flatMap((ids) => [...ids.keys()]))].sort((a, b) => b - a);
  return (rows) => {
    const taken = fields.map(() => 0);
    let left = rows;
    for (const value of values) {
      const ids = tallies.map((ofField) => ofField.get(value) ?? 0);
      const total = ids.reduce((sum, count) => sum + count, 0);
      const share = Math.min(1, left / total);
      const before = left;
      ids.forEach((count, f) => {
        const part = Math.floor(count * share);
        taken[f] += part;
        left -= part;
      });
      if (total > before) {
        // Rounding down has left fewer than one per field.
        ids.forEach((count, f) => {
          if (left > 0 && Math.floor(count * share) < count) {
            taken[f]++;
            left--;
          }
        });
        break;
      }
    }
    return taken;
  };
}

/** How many ids have each count. */
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
