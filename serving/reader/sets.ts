import { ones } from '../../base/ranked-bitmap.ts';

/** Ids of a set and their positions, as maps have them (harness/contract/index-formula.ts, StoredSet). */

export const none = 2 ** 32 - 1;

export interface SetForm {
  readonly form: 'list' | 'bitmap';
  readonly ids: number;
  readonly stretch: number;
  /** Numbers of maps. */
  readonly maps: readonly number[];
}

/** Entries of a map. */
export type MapEntries = Uint8Array | Uint16Array | Uint32Array;
/** The maps of a layer by their number. */
export interface Maps {
  /** All entries of one, in memory. */
  entries(map: number): MapEntries;
  /** Those at some indices, `none` at `none`. Throws a RangeError for an index that the map has not. */
  at(map: number, indices: Uint32Array): Uint32Array;
}

/** Maps that are in memory. */
export function heldMaps(maps: readonly MapEntries[]): Maps {
  const entries = (map: number) => maps[map];
  return { entries, at: (map, indices) => entriesAt(entries(map), indices) };
}

export function entriesAt(entries: MapEntries, indices: Uint32Array): Uint32Array {
  return indices.map((index) => {
    if (index === none) return none;
    if (index >= entries.length) throw new RangeError(`index ${index} is outside a map of ${entries.length} entries`); // prettier-ignore
    return entries[index];
  });
}

/** The number of members below an id, and whether it is one. */
export interface ReadSet {
  has(id: number): boolean;
  below(id: number): number;
}

export function readSet({ form, ids, stretch, maps }: SetForm, content: Maps): ReadSet {
  if (maps.length === 0) return { has: () => false, below: () => 0 };
  if (form === 'list') return sortedList(content.entries(maps[0]), ids);
  const words = content.entries(maps[0]);
  const before = maps.length > 1 ? content.entries(maps[1]) : undefined;
  const has = (id: number) => ((words[id >>> 5] >>> (id & 31)) & 1) === 1;
  return {
    has,
    below(id) {
      const first = Math.floor(id / stretch);
      let count = first === 0 ? 0 : before![first - 1];
      for (let word = (first * stretch) / 32; word < id >>> 5; word++) count += ones(words[word]);
      return count + ones(words[id >>> 5] & ((1 << (id & 31)) - 1));
    },
  };
}

function sortedList(list: MapEntries, ids: number): ReadSet {
  const firstFrom = (id: number) => {
    let [low, high] = [0, list.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list[middle] < id) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    has: (id) => id < ids && list[firstFrom(id)] === id,
    below: firstFrom,
  };
}
