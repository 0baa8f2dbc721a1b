import { beforeEach, describe, expect, test } from 'vitest';
import { none } from '../../harness/contract/backend.ts';
import { random } from '../../base/random.ts';
import { sizeOf } from '../../harness/contract/size.ts';
import { HotSketch } from '../../methods/cafe/hot-sketch.ts';
import { sketchMap, SketchState } from '../../methods/cafe/sketch-state.ts';

const empty = (buckets: number) => new SketchState(sketchMap(buckets).values, 3);

describe('a bucket of four', () => {
  let state: SketchState;
  let sketch: HotSketch;
  const score = (id: number) => state.entryOf(id)?.score;
  const row = (id: number) => state.entryOf(id)?.row;
  const seen = (id: number, times: number) => {
    for (let i = 0; i < times; i++) sketch.add(id, 1);
  };

  beforeEach(() => {
    state = empty(1);
    sketch = new HotSketch(state, { hotRows: 2, threshold: 5 });
  });

  test('keeps four ids, id 0 and slot 0 among them', () => {
    for (const id of [0, 1, 2, 3]) seen(id, id + 1);
    expect([0, 1, 2, 3].map(score)).toEqual([1, 2, 3, 4]);
    expect([...state.entries()].map(({ id }) => id).sort()).toEqual([0, 1, 2, 3]);
    expect(state.entryOf(4)).toBeUndefined();
  });

  test('a fifth id takes the place of the least, and its score', () => {
    for (const id of [10, 11, 12, 13]) seen(id, 15 - id);
    expect(score(13)).toBe(2);
    sketch.add(14, 0.5);
    expect(state.entryOf(13)).toBeUndefined();
    expect(score(14)).toBe(2.5);
    expect(row(14)).toBe(none);
  });

  test('ids at the threshold get rows, from row 0 on, as long as there are any', () => {
    seen(7, 4);
    expect(sketch.promote()).toEqual({ ids: Uint32Array.of(), rows: Uint32Array.of() });
    for (const id of [7, 8, 9]) seen(id, 5);
    expect(sketch.promote()).toEqual({ ids: Uint32Array.of(7, 8), rows: Uint32Array.of(0, 1) });
    expect([7, 8, 9].map(row)).toEqual([0, 1, none]);
    expect(sketch.promote().ids.length).toBe(0);
  });

  test('an id that rises twice in a batch gets one row', () => {
    seen(7, 9);
    expect([...sketch.promote().rows]).toEqual([0]);
  });

  test('a newcomer that inherits enough has to be seen again', () => {
    for (const id of [1, 2, 3, 4]) seen(id, 4);
    sketch.add(5, 1);
    expect(sketch.promote().ids.length).toBe(0);
    sketch.add(5, 1);
    expect([...sketch.promote().ids]).toEqual([5]);
  });

  test('decay takes rows back, and they are given again', () => {
    seen(7, 20);
    seen(8, 5);
    sketch.promote();
    sketch.decay(0.5);
    expect([score(7), score(8)]).toEqual([10, 2.5]);
    expect([row(7), row(8)]).toEqual([0, none]);
    seen(9, 5);
    expect(sketch.promote()).toEqual({ ids: Uint32Array.of(9), rows: Uint32Array.of(1) });
  });

  test('newcomers throw out no id that owns a row', () => {
    seen(7, 5);
    seen(8, 5);
    sketch.promote();
    for (let id = 100; id < 200; id++) seen(id, 3);
    expect([row(7), row(8)]).toEqual([0, 1]);

    sketch = new HotSketch(state, { hotRows: 4, threshold: 5 });
    for (const id of [1, 2, 3, 4]) seen(id, 5);
    sketch.promote();
    seen(9, 100);
    expect(state.entryOf(9)).toBeUndefined();
  });

  test('a fitted threshold hands the rows to the highest, and does not fall', () => {
    for (const id of [7, 8]) seen(id, 5);
    sketch.promote();
    expect(sketch.crowded).toBe(false);
    seen(9, 8);
    expect(sketch.crowded).toBe(true);
    seen(8, 1);
    sketch.fitThreshold();
    expect(sketch.threshold).toBe(6);
    expect(sketch.promote()).toEqual({ ids: Uint32Array.of(9), rows: Uint32Array.of(0) });
    expect([7, 8, 9].map(row)).toEqual([none, 1, 0]);
    expect(sketch.crowded).toBe(false);
    sketch.decay(0.1);
    sketch.fitThreshold();
    expect(sketch.threshold).toBe(6);
  });

  test('many ids of one score are not a crowd for ever', () => {
    for (const id of [1, 2, 3, 4]) seen(id, 5);
    expect(sketch.crowded).toBe(true);
    sketch.fitThreshold();
    sketch.promote();
    expect(sketch.crowded).toBe(false);
  });

  test('a new sketch in the same arrays begins anew', () => {
    for (const id of [7, 8, 9]) seen(id, 9);
    sketch.fitThreshold();
    sketch.promote();
    sketch = new HotSketch(state, { hotRows: 2, threshold: 5 });
    expect(state.threshold).toBe(5);
    expect(state.entryOf(7)).toBeUndefined();
    for (const id of [1, 2]) seen(id, 5);
    expect([...sketch.promote().rows]).toEqual([0, 1]);
  });
});

describe('on a stream with many rare ids', () => {
  const [ids, draws, buckets, hotRows] = [50_000, 300_000, 400, 400];
  const stream = random(11);
  const counts = new Uint32Array(ids);
  // Zipf's law: P(id) ~ 1 / (id + 1).
  const seen = Uint32Array.from({ length: draws }, () => {
    const id = Math.floor(Math.exp(stream.uniform() * Math.log(ids + 1))) - 1;
    counts[id]++;
    return id;
  });
  const hottest = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);

  test('an id with a quarter of what falls into its bucket is kept, and no score is too low', () => {
    const state = empty(buckets);
    const sketch = new HotSketch(state, { hotRows, threshold: Infinity });
    for (const id of seen) sketch.add(id, 1);
    const entries = [...state.entries()];
    const sums = new Map<number, number>(); // of a bucket's scores: the draws that fell into it
    for (const { id, score } of entries) {
      const bucket = state.bucketOf(id);
      sums.set(bucket, (sums.get(bucket) ?? 0) + score);
    }
    expect(entries.length).toBe(4 * buckets);
    expect(entries.reduce((sum, { score }) => sum + score, 0)).toBe(draws);
    for (const { id, score } of entries) expect(score).toBeGreaterThanOrEqual(counts[id]);
    for (const id of hottest.slice(0, 4 * buckets))
      if (counts[id] > sums.get(state.bucketOf(id))! / 4) expect(state.entryOf(id)).toBeDefined();
    const kept = hottest.slice(0, hotRows).filter((id) => state.entryOf(id) !== undefined);
    expect(kept.length).toBeGreaterThan(0.8 * hotRows);
  });

  test.each([5, 20])('the rows end up with the hottest, starting at a threshold of %i', (threshold) => {
    const state = empty(buckets);
    const sketch = new HotSketch(state, { hotRows, threshold });
    let fits = 0;
    const owners = new Map<number, number>();
    for (let at = 0; at < draws; at++) {
      sketch.add(seen[at], 1);
      if (at % 1000 < 999) continue;
      if (sketch.crowded) {
        sketch.fitThreshold();
        fits++;
      }
      const { ids, rows } = sketch.promote();
      rows.forEach((row, i) => owners.set(row, ids[i]));
    }
    const entries = [...state.entries()].filter(({ row }) => row !== none);
    const owned = entries.map(({ row }) => row);
    expect(new Set(owned).size).toBe(owned.length);
    expect(owned.every((row) => row < hotRows)).toBe(true);
    // The id that was promoted to a row last has it.
    for (const { id, row } of entries) expect(owners.get(row)).toBe(id);
    const withRow = hottest.slice(0, hotRows / 2).filter((id) => (state.entryOf(id)?.row ?? none) !== none);
    expect(owned.length).toBeGreaterThan(0.8 * hotRows);
    expect(withRow.length).toBeGreaterThan(0.45 * hotRows);
    expect(fits).toBeLessThan(150);
  });
});

test('a sketch is stored in 48 bytes to a bucket, and 4', () => {
  expect(sizeOf({ tables: [], maps: [sketchMap(7)] }).servingBytes).toBe(7 * 48 + 4);
});
