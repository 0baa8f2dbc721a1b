import { none } from '../../harness/contract/backend.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import { idSet, idSetMaps, type SetShape } from '../shared/id-sets/id-set.ts';
import { rowAt, scoreAt, slotsPerBucket, type SketchEntry, type SketchState } from './sketch-state.ts';
import type { FrequencyTiers } from '../shared/dedicated-rows/row-numbers.ts';

/** Share of the threshold from which on an id without a row is of medium importance (the authors' code). */
const mediumShare = 0.2;

/** The tiers of ids by a sketch that keeps learning. */
export function tiersOf(state: () => SketchState): FrequencyTiers {
  return {
    rowsOf(keys) {
      const sketch = state();
      const { words } = sketch;
      const rows = new Uint32Array(keys.length);
      for (let i = 0; i < keys.length; i++) {
        const slot = keys[i] === none ? -1 : sketch.slotOf(keys[i]);
        rows[i] = slot === -1 ? none : words[slot + rowAt];
      }
      return rows;
    },
    hashedTwice(keys) {
      const sketch = state();
      const mediumThreshold = mediumShare * sketch.threshold;
      const flags = new Uint8Array(keys.length);
      for (let i = 0; i < keys.length; i++) {
        const slot = keys[i] === none ? -1 : sketch.slotOf(keys[i]);
        if (slot !== -1 && sketch.floats[slot + scoreAt] >= mediumThreshold) flags[i] = 1;
      }
      return flags;
    },
  };
}

export interface TiersShape {
  readonly keys: number;
  readonly dedicated: number;
  /** 2 where there are medium ids. */
  readonly levels: number;
}

/**
 * Maps that tell final tiers apart: which ids are hot, and which are medium. A sketch takes 48 bytes per hot row (four slots
 * of id, score and row); these take a bit less than 4 bytes per hot row, and up to three times that for medium ids.
 */
export function tierMaps(shape: TiersShape): Omit<IdMap, 'values'>[] {
  const { hot, medium } = setShapes(shape);
  return [...idSetMaps(hot), ...idSetMaps(medium)];
}

export interface FinalTiers {
  readonly maps: readonly IdMap[];
  readonly tiers: FrequencyTiers;
  /** The sketch's number of each hot row of these tiers. */
  readonly rows: Uint32Array;
}

/** The tiers of a sketch once it no longer learns. A hot id's row is its position among the hot ids. */
export function finalTiers(state: SketchState, shape: TiersShape): FinalTiers {
  const byId = (entries: SketchEntry[]) => entries.sort((a, b) => a.id - b.id);
  const setOf = (shape: SetShape, entries: readonly SketchEntry[]) =>
    idSet(shape, () => Uint32Array.from(entries, ({ id }) => id));
  const shapes = setShapes(shape);
  const entries = [...state.entries()];
  const hotEntries = byId(entries.filter(({ row }) => row !== none));
  const mediumEntries = entries
    .filter(({ row, score }) => row === none && score >= mediumShare * state.threshold)
    .sort((a, b) => b.score - a.score)
    .slice(0, shapes.medium.capacity);
  const hot = setOf(shapes.hot, hotEntries);
  const medium = setOf(shapes.medium, byId(mediumEntries));
  return {
    maps: [...hot.maps, ...medium.maps],
    tiers: {
      rowsOf: (keys) => hot.positionsOf(keys),
      hashedTwice: (keys) =>
        Uint8Array.from(medium.positionsOf(keys), (position) => (position === none ? 0 : 1)),
      formula: { rows: (keys) => keys.among(hot.stored), twice: (keys) => keys.among(medium.stored) },
    },
    rows: Uint32Array.from(hotEntries, ({ row }) => row),
  };
}

/** There is a bucket per hot row: all slots but those of the hot ids can be medium. */
function setShapes({ keys, dedicated, levels }: TiersShape): { hot: SetShape; medium: SetShape } {
  return {
    hot: { ids: keys, capacity: dedicated },
    medium: { ids: keys, capacity: levels === 2 ? (slotsPerBucket - 1) * dedicated : 0 },
  };
}
