import type { Field } from '../../harness/contract/data.ts';
import { bitsFor, idMap, type IdMap } from '../../harness/contract/indices.ts';
import { countIds } from '../shared/rows/table-parts.ts';

/** Ids of all fields in groups of equal size, by training count. Group 0 has the rarest ids. */
export interface EqualGroups {
  /** Ids of each group; the last may have fewer than the others. */
  readonly sizes: readonly number[];
  /** Training look-ups of each group, at least 1. */
  readonly lookUps: readonly number[];
  /** Group of every id, all fields stacked. */
  readonly map: IdMap;
}

/**
 * Groups of ⌈n / groups⌉ ids, of n in all (Li et al., arXiv 2409.20305; `optfp_get_groups` of the authors' code). Of ids seen equally often
 * the later ones come first, so that a group is a range of ids in each field whose ids are in the order of their counts.
 */
export function equalGroups(fields: readonly Field[], groups: number): EqualGroups {
  const ids = countIds(fields);
  const size = Math.ceil(ids / groups);
  const sizes = Array.from({ length: Math.ceil(ids / size) }, (_, g) => Math.min(size, ids - g * size));
  const lookUps = sizes.map(() => 0);
  const tally = tallyOf(fields);
  let first = 0; // ids that are seen less often
  for (const [count, ofCount] of tally.rising()) {
    for (let at = first; at < first + ofCount;) {
      const group = Math.floor(at / size);
      const next = Math.min(first + ofCount, (group + 1) * size);
      lookUps[group] += count * (next - at);
      at = next;
    }
    first += ofCount;
  }
  return {
    sizes,
    lookUps: lookUps.map((count) => Math.max(1, count)),
    map: idMap(ids, bitsFor(sizes.length), () => {
      const end = tallyOf(fields); // of each count, ids seen as often or less
      let before = 0;
      for (const [count, ofCount] of end.rising()) end.set(count, (before += ofCount));
      const values = new Uint32Array(ids);
      let to = 0;
      for (const { cardinality, counts } of fields)
        for (let id = 0; id < cardinality; id++) {
          const position = end.get(counts[id]) - 1;
          end.set(counts[id], position);
          values[to++] = Math.floor(position / size);
        }
      return values;
    }),
  };
}

/** A number for each count; most counts are small, and there are many ids. */
class ByCount {
  private readonly small = new Uint32Array(2 ** 12);
  private readonly large = new Map<number, number>();

  get(count: number): number {
    return count < this.small.length ? this.small[count] : (this.large.get(count) ?? 0);
  }

  set(count: number, value: number): void {
    if (count < this.small.length) this.small[count] = value;
    else this.large.set(count, value);
  }

  rising(): [count: number, value: number][] {
    const small = Array.from(this.small, (value, count): [number, number] => [count, value]);
    return [...small.filter(([, value]) => value > 0), ...[...this.large].sort(([a], [b]) => a - b)];
  }
}

/** Number of ids by how often they are seen. */
function tallyOf(fields: readonly Field[]): ByCount {
  const tally = new ByCount();
  for (const { counts } of fields) for (const count of counts) tally.set(count, tally.get(count) + 1);
  return tally;
}
