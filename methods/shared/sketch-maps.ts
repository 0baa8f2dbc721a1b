import { none } from '../../harness/contract/backend.ts';
import { idMap, type IdMap } from '../../harness/contract/indices.ts';
import { slotsPerBucket, type SketchState } from './hot-sketch.ts';

/**
 * The arrays of a sketch as maps, 48 bytes to a bucket: ids, scores and rows of its slots, 4 bytes each, and the
 * threshold. They are made when they are first read, empty.
 */
export function sketchMaps(buckets: number): { maps: readonly IdMap[]; state: () => SketchState } {
  const slots = slotsPerBucket * buckets;
  const words = (length: number, filling: number) =>
    idMap(length, 32, () => new Uint32Array(length).fill(filling));
  const [ids, scores, rows, threshold] = [
    words(slots, none),
    words(slots, 0),
    words(slots, none),
    words(1, 0),
  ];
  let state: SketchState | undefined;
  return {
    maps: [ids, scores, rows, threshold],
    state: () =>
      (state ??= {
        ids: ids.values,
        scores: new Float32Array(scores.values.buffer),
        rows: rows.values,
        threshold: new Float32Array(threshold.values.buffer),
      }),
  };
}
