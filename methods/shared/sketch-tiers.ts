import { none } from '../../harness/contract/backend.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import type { Tiers } from './owned-rows.ts';
import { type SketchState, slotOf, slotsPerBucket } from './hot-sketch.ts';
import { idSet, idSetMaps, type SetShape } from './id-set.ts';

/** Of the threshold, from which on an id without a row is medium (the authors' code). */
const mediumShare = 0.2;

/** What ids are by a sketch that goes on learning. `seed`: the sketch's. */
export function tiersOf(state: () => SketchState, seed: number): Tiers {
  return {
    hotRow(key) {
      const slot = slotOf(state().ids, seed, key);
      return slot === -1 ? none : state().rows[slot];
    },
    isMedium(key) {
      const slot = slotOf(state().ids, seed, key);
      return slot !== -1 && isMedium(state(), slot);
    },
  };
}

export interface TiersShape {
  readonly keys: number;
  readonly hotRows: number;
  /** 2 where there are medium ids. */
  readonly levels: number;
}

/**
 * What has to be stored to tell tiers apart that no longer change: which ids are hot, and which are medium. Of a sketch
 * (48 bytes to a hot row: four slots of id, score and row) that is a bit less than 4 bytes to a hot row, and up to three
 * times that for medium ids.
 */
export function tierMaps(shape: TiersShape): Omit<IdMap, 'values'>[] {
  const { hot, medium } = setShapes(shape);
  return [...idSetMaps(hot), ...idSetMaps(medium)];
}

export interface SettledTiers {
  readonly maps: readonly IdMap[];
  readonly tiers: Tiers;
  /** For each hot row of these tiers the one that it was in the sketch. */
  readonly rows: Uint32Array;
}

/** The tiers of a sketch as they are. A hot id's row is its place among the hot ids. */
export function settleTiers(state: SketchState, shape: TiersShape): SettledTiers {
  const { ids, scores, rows } = state;
  const known = [...ids.keys()].filter((slot) => ids[slot] !== none);
  const byId = (slots: number[]) => slots.sort((a, b) => ids[a] - ids[b]);
  const idsOf = (slots: readonly number[]) => Uint32Array.from(slots, (slot) => ids[slot]);
  const shapes = setShapes(shape);
  const hotSlots = byId(known.filter((slot) => rows[slot] !== none));
  const mediumSlots = known
    .filter((slot) => isMedium(state, slot))
    .sort((a, b) => scores[b] - scores[a])
    .slice(0, shapes.medium.capacity);
  const hot = idSet(shapes.hot, idsOf(hotSlots));
  const medium = idSet(shapes.medium, idsOf(byId(mediumSlots)));
  return {
    maps: [...hot.maps, ...medium.maps],
    tiers: {
      hotRow: (key) => hot.positionOf(key),
      isMedium: (key) => medium.positionOf(key) !== none,
    },
    rows: Uint32Array.from(hotSlots, (slot) => rows[slot]),
  };
}

function isMedium({ rows, scores, threshold }: SketchState, slot: number): boolean {
  return rows[slot] === none && scores[slot] >= mediumShare * threshold[0];
}

/** With a bucket to each hot row, all slots can be medium but those of the hot ids. */
function setShapes({ keys, hotRows, levels }: TiersShape): { hot: SetShape; medium: SetShape } {
  return {
    hot: { ids: keys, capacity: hotRows },
    medium: { ids: keys, capacity: levels === 2 ? (slotsPerBucket - 1) * hotRows : 0 },
  };
}
