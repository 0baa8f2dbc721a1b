import type { Field } from '../../harness/contract/data.ts';
import { bitsFor, idMap, type IdMap } from '../../harness/contract/indices.ts';
import { countIds } from '../shared/rows/table-parts.ts';

/**
 * Group of every id, all fields stacked: ids of all fields in the order of their training counts, cut where each group has
 * about the same share of all lookups: a few frequent ids in group 0, most ids in the last. Ids seen equally often are of
 * one group, so groups may be empty; without counts all ids are in the last.
 */
export function frequencyGroups(fields: readonly Field[], groups: number): IdMap {
  const ids = countIds(fields);
  return idMap(ids, bitsFor(groups), () => {
    const groupOf = groupsByCount(fields, groups);
    const values = new Uint32Array(ids);
    let at = 0;
    for (const { counts } of fields) for (const count of counts) values[at++] = groupOf.get(count)!;
    return values;
  });
}

/** The group of the ids that are seen so often. */
function groupsByCount(fields: readonly Field[], groups: number): Map<number, number> {
  const tally = new Map<number, number>();
  for (const { counts } of fields) for (const count of counts) tally.set(count, (tally.get(count) ?? 0) + 1);
  let total = 0;
  for (const [count, ids] of tally) total += count * ids;
  const falling = [...tally].sort(([a], [b]) => b - a);
  let before = 0; // lookups of ids that are seen more often
  return new Map(
    falling.map(([count, ids]) => {
      const group = before === total ? groups - 1 : Math.floor((groups * before) / total);
      before += count * ids;
      return [count, group];
    }),
  );
}
