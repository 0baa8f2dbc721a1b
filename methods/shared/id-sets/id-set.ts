import type { RecipeSet } from '../../../harness/contract/conversion.ts';
import { none } from '../../../harness/contract/backend.ts';
import type { StoredSet } from '../../../harness/contract/index-formula.ts';
import { bitsFor, idMap, type IdMap } from '../../../harness/contract/indices.ts';
import { sizeOf } from '../../../harness/contract/size.ts';
import { bitmapStretch } from '../../../harness/contract/storage.ts';
import { lazily } from '../../../base/lazily.ts';
import {
  positionBeside,
  positionIn,
  type RankedBitmap,
  rankedBitmap,
  rankedWords,
} from '../../../base/ranked-bitmap.ts';

/** Some of the ids 0 .. ids - 1, as it is stored: looked up in the values of its maps, whoever has put them there. */
export interface IdSet {
  readonly maps: readonly IdMap[];
  /** The same for formulas. */
  readonly stored: StoredSet;
  /** Position of an id among those of the set, in ascending order; `none` where it is not one of them. */
  positionOf(id: number): number;
  /** `positionOf` for many; `none` is not one of them. */
  positionsOf(ids: Uint32Array): Uint32Array;
  /** Position among the ids that are not in the set, of an id that is not. */
  positionBeside(id: number): number;
  /** Positions among the ids that are not in the set; `none` for those that are, and for `none`. */
  positionsBeside(ids: Uint32Array): Uint32Array;
}

export interface SetShape {
  /** Number of all ids, 0 .. ids - 1. */
  readonly ids: number;
  /** Largest number of members. */
  readonly capacity: number;
}

type MapShape = Omit<IdMap, 'values'>;

/**
 * The maps of such a set, whichever ids it will have: the sorted list, or a bit per id with the members before every
 * further 512 of them, where that is fewer bytes.
 */
export function idSetMaps(shape: SetShape): readonly MapShape[] {
  return formOf(shape).maps;
}

function formOf({ ids, capacity }: SetShape): { list: boolean; maps: readonly MapShape[] } {
  if (capacity === 0) return { list: true, maps: [] };
  const list = [{ length: capacity, bits: bitsFor(ids + 1) }]; // an id that there is not fills what is left over
  const stretches = Math.ceil(ids / bitmapStretch) - 1; // none come before the first
  const bitmap = [
    { length: Math.ceil(ids / 32), bits: 32 },
    ...(stretches > 0 ? [{ length: stretches, bits: bitsFor(capacity + 1) }] : []),
  ];
  return mapBytes(list) <= mapBytes(bitmap) ? { list: true, maps: list } : { list: false, maps: bitmap };
}

/** Such a set in a recipe, where its maps are the plan's from number `map` on. */
export function storedSet(shape: SetShape, map: number): RecipeSet {
  const { list, maps } = formOf(shape);
  return {
    ...{ form: list ? 'list' : 'bitmap', ids: shape.ids, stretch: bitmapStretch },
    maps: maps.map((_, i) => map + i),
  };
}

/** Serving bytes of maps. */
export const mapBytes = (maps: readonly MapShape[]): number => sizeOf({ tables: [], maps }).servingBytes;

/**
 * `members`: ascending, different from each other; asked for when the values of the maps are. Those are read once, at the
 * first lookup. Throws a RangeError if there are more members than its capacity.
 */
export function idSet(shape: SetShape, members: () => Uint32Array): IdSet {
  const { list, maps: shapes } = formOf(shape);
  const values = lazily(() => {
    const chosen = members();
    if (chosen.length > shape.capacity)
      throw new RangeError(`${chosen.length} ids in a set of at most ${shape.capacity}`);
    return list ? [listOf(shape, chosen)] : bitmapOf(shape, chosen);
  });
  const maps = shapes.map(({ length, bits }, i) => idMap(length, bits, () => values()[i]));
  const index = lazily((): RankedBitmap => {
    if (list) return rankedBitmap(shape.ids, maps[0]?.values.filter((id) => id < shape.ids) ?? []);
    return rankedWords(maps[0].values, maps[1]?.values ?? new Uint32Array(0), bitmapStretch);
  });
  return {
    maps,
    stored: { form: list ? 'list' : 'bitmap', ids: shape.ids, stretch: bitmapStretch, maps },
    positionOf: (id) => positionIn(index(), id),
    positionBeside: (id) => positionBeside(index(), id),
    positionsOf(ids) {
      const ranked = index();
      return ids.map((id) => (id === none ? none : positionIn(ranked, id)));
    },
    positionsBeside(ids) {
      const ranked = index();
      return ids.map((id) => (id === none ? none : positionBeside(ranked, id)));
    },
  };
}

function listOf({ ids, capacity }: SetShape, members: Uint32Array): Uint32Array {
  const list = new Uint32Array(capacity).fill(ids);
  list.set(members);
  return list;
}

function bitmapOf({ ids }: SetShape, members: Uint32Array): Uint32Array[] {
  const { words, before } = rankedBitmap(ids, members);
  const ofStretch = bitmapStretch / 32;
  return [words, before.filter((_, word) => word > 0 && word % ofStretch === 0)];
}
