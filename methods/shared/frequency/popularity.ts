import type { Field } from '../../../harness/contract/data.ts';
import { bitsFor, idMap, type IdMap } from '../../../harness/contract/indices.ts';
import { firstRows } from '../rows/table-parts.ts';
import { sum } from '../../../base/sum.ts';

/** Ranks `from` to `to` (exclusive) of a field by training count, 0 the most frequent id. */
export interface RankRange {
  readonly from: number;
  readonly to: number;
  /** Share of the field's training lookups that fall into it. */
  readonly mass: number;
}

/** All ids of each field as one range. */
export function fieldRanges(fields: readonly Field[]): RankRange[][] {
  return fields.map(({ cardinality }) => [{ from: 0, to: cardinality, mass: 1 }]);
}

/**
 * Cuts a field's ids, most frequent first, into `blocks` ranges of (nearly) equal training mass: a few ids of the head,
 * then ever more. Ranges may be empty if a single id outweighs a block. Without counts the ranks are cut evenly.
 */
export function equalMassRanges({ cardinality, counts }: Field, blocks: number): RankRange[] {
  const sorted = Uint32Array.from(counts).sort().reverse();
  const total = sum(sorted);
  const weight = total > 0 ? (rank: number) => sorted[rank] : () => 1;
  const all = total > 0 ? total : cardinality;
  const ranges: RankRange[] = [];
  let rank = 0;
  let before = 0;
  for (let block = 0; block < blocks; block++) {
    const from = rank;
    let mass = 0;
    const last = block === blocks - 1;
    while (rank < cardinality && (last || before + mass < (all * (block + 1)) / blocks))
      mass += weight(rank++);
    ranges.push({ from, to: rank, mass: mass / all });
    before += mass;
  }
  return ranges;
}

/** A range cut in two. The ids of a field without counts are alike. */
export function cutRange({ counts }: Field, { from, to, mass }: RankRange, at: number): RankRange[] {
  const sorted = Uint32Array.from(counts).sort().reverse();
  const [first, all] = [sum(sorted.subarray(from, at)), sum(sorted.subarray(from, to))];
  const share = all > 0 ? first / all : (at - from) / (to - from);
  return [
    { from, to: at, mass: mass * share },
    { from: at, to, mass: mass * (1 - share) },
  ];
}

/**
 * Rank of every id within its field, all fields stacked; undefined if every field's ids are in the order of their
 * counts already, so that the rank is the id and costs nothing to store.
 */
export function rankMap(fields: readonly Field[]): IdMap | undefined {
  const sorted = ({ counts }: Field) => counts.every((count, id) => id === 0 || counts[id - 1] >= count);
  if (fields.every(sorted)) return undefined;
  const parts = fields.map(({ cardinality }) => ({ rows: cardinality }));
  const values = new Uint32Array(sum(parts.map(({ rows }) => rows)));
  firstRows(parts).forEach((first, f) => {
    const { counts } = fields[f];
    const byCount = Uint32Array.from(counts.keys()).sort((a, b) => counts[b] - counts[a] || a - b);
    byCount.forEach((id, rank) => (values[first + id] = rank));
  });
  const largest = Math.max(...fields.map(({ cardinality }) => cardinality));
  return idMap(values.length, bitsFor(largest), () => values);
}
