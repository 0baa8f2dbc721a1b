import { none } from '../../harness/contract/backend.ts';
import type { IdMap } from '../../harness/contract/indices.ts';
import type { Tiers } from './hashed-rows.ts';
import { slotsPerBucket } from './hot-sketch.ts';
import { idSet, idSetMaps, type SetShape } from './id-set.ts';

export interface TiersShape {
  readonly keys: number;
  readonly hotRows: number;
  /** 2 where there are medium ids. */
  readonly levels: number;
}

/**
 * What has to be stored to tell tiers apart once they no longer change: which ids are hot and which are medium. Of a
 * sketch (48 bytes to a hot row: four slots of id, score and row) that is a bit less than 4 bytes to a hot row, and 12
 * more where there are medium ids.
 */
export function tierMaps(shape: TiersShape): Omit<IdMap, 'values'>[] {
  const { hot, medium } = setShapes(shape);
  return [...idSetMaps(hot), ...idSetMaps(medium)];
}

/** Keys ascending. Where a key is among the hot ones is its row. */
export function storedTiers(
  shape: TiersShape,
  keys: { readonly hot: Uint32Array; readonly medium: Uint32Array },
): { maps: IdMap[]; tiers: Tiers } {
  const shapes = setShapes(shape);
  const hot = idSet(shapes.hot, keys.hot);
  const medium = idSet(shapes.medium, keys.medium);
  return {
    maps: [...hot.maps, ...medium.maps],
    tiers: { hotRow: (key) => hot.positionOf(key), isMedium: (key) => medium.positionOf(key) !== none },
  };
}

/** Of the slots of a sketch with a bucket to each hot row, all can be medium but those of the hot. */
export function mostMedium({ hotRows, levels }: TiersShape): number {
  return levels === 2 ? (slotsPerBucket - 1) * hotRows : 0;
}

function setShapes(shape: TiersShape): { hot: SetShape; medium: SetShape } {
  return {
    hot: { ids: shape.keys, capacity: shape.hotRows },
    medium: { ids: shape.keys, capacity: mostMedium(shape) },
  };
}
