import { describe, expect, test } from 'vitest';
import { none } from '../../../harness/contract/backend.ts';
import { sizeOf } from '../../../harness/contract/size.ts';
import {
  bucketWords,
  frontBucketsOf,
  frontWords,
  sketchMap,
  SketchState,
} from '../../../methods/cafe/sketch-state.ts';
import { StagedSketch } from '../../../methods/cafe/staged-sketch.ts';
import recorded from './streams.json' with { type: 'json' };

/** Buckets are those of the authors' hash. */
class AuthorsState extends SketchState {
  private hash(id: number, buckets: number): number {
    return Number((BigInt(id) * 1_000_000_007n) % BigInt(buckets));
  }
  override bucketOf(id: number): number {
    return this.hash(id, this.buckets) * bucketWords;
  }
  override frontBucketOf(id: number): number {
    return this.frontAt + this.hash(id, this.frontBuckets) * frontWords;
  }
}

/** Their sketch of `limit` rows, of which row 0 is unused: pointers are rows of ours and 1. */
function sketchOf(limit: number, threshold: number) {
  const words = sketchMap(limit, 0.1).values;
  const state = new AuthorsState(words, 0, frontBucketsOf(limit, 0.1));
  const sketch = new StagedSketch(state, { hotRows: limit - 1, threshold });
  const pointerOf = (id: number) => {
    const row = state.entryOf(id)?.row ?? none;
    return row === none ? 0 : row + 1;
  };
  return { state, sketch, pointerOf };
}

describe('a sketch in stages is that of the authors', () => {
  test('without a change of the threshold', () => {
    const { sketch, pointerOf } = sketchOf(20, 5);
    const stream = [[7, 1], [7, 2], [7, 3], [8, 1], [8, 6], [9, 5], [9, 5], [16, 1], [16, 9], [7, 1]]; // prettier-ignore
    const seen = stream.map(([id, weight]) => {
      sketch.add(id, weight);
      return [sketch.promote().ids.length, pointerOf(id)];
    });
    expect(seen.map(([promoted]) => promoted)).toEqual([0, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(seen.map(([, pointer]) => pointer)).toEqual([0, 0, 1, 0, 2, 0, 3, 0, 4, 1]);
  });

  test('where rows change hands', () => {
    const { sketch, pointerOf } = sketchOf(10, 5);
    for (let id = 1; id <= 13; id++) {
      expect(sketch.crowded).toBe(false);
      sketch.add(id, 1);
      sketch.add(id, 4 + id);
    }
    expect(sketch.crowded).toBe(true);
    sketch.promote();
    sketch.fitThreshold();
    const pointers = Array.from({ length: 13 }, (_, i) => pointerOf(i + 1));
    expect(pointers).toEqual([0, 0, 0, 0, 5, 6, 7, 8, 9, 1, 2, 3, 4]);
    expect(sketch.threshold).toBe(9);
    // Unlike theirs, those that get a row here are named, so that it becomes theirs.
    expect([...sketch.promote().ids].sort((a, b) => a - b)).toEqual([10, 11, 12, 13]);
  });

  test.each(recorded.streams)('over a stream, from a threshold of $threshold', (stream) => {
    const { sketch, pointerOf } = sketchOf(stream.limit, stream.threshold);
    const most = stream.pointers[0].length;
    stream.ids.forEach((id, i) => {
      if (stream.rises && sketch.crowded) sketch.fitThreshold();
      sketch.promote();
      sketch.add(id, stream.weights[i]);
      // Their ids have rows from their first step on where the threshold is 1, but are not looked up there.
      if (stream.threshold > 1) expect(sketch.promote().ids.length, `step ${i}`).toBe(stream.promoted[i]);
      expect(sketch.threshold, `step ${i}`).toBeCloseTo(stream.thresholds[i], 6);
      if ((i + 1) % 100 > 0) return;
      const pointers = Array.from({ length: most }, (_, x) => pointerOf(x + 1));
      expect(pointers, `after step ${i}`).toEqual(stream.pointers[(i + 1) / 100 - 1]);
    });
  });
});

test('scores that decay give their rows back, in both stages', () => {
  const { sketch, pointerOf } = sketchOf(20, 5);
  for (const id of [1, 2]) for (const weight of [1, 4 + id]) sketch.add(id, weight);
  expect([1, 2].map(pointerOf)).toEqual([1, 2]);
  sketch.decay(0.8); // 6 and 7 become 4.8 and 5.6
  expect([1, 2].map(pointerOf)).toEqual([0, 2]);
});

test('a bucket of the front stage takes 64 bytes, one of the main stage 48', () => {
  expect(sizeOf({ tables: [], maps: [sketchMap(70, 0.1)] }).servingBytes).toBe(63 * 48 + 7 * 64 + 4);
});
