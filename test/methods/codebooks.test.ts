import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { countsOf, meanRow, typical } from '../../methods/shared/clustering/codebooks.ts';
import { kMeans } from '../../methods/shared/clustering/k-means.ts';

const [count, dim] = [500, 3];
const stream = random(11);
const rows = Float32Array.from({ length: count * dim }, () => stream.normal());
const some = Uint32Array.from({ length: count }, (_, id) => id).filter((id) => id % 3 > 0);
const skewed = Uint32Array.from({ length: count }, () => Math.floor(1 / stream.uniform()) - 1);
const source = { rows: count, width: dim, pieceRows: 64, read: (from: number, to: number) => rows.slice(from * dim, to * dim) }; // prettier-ignore

test.each([
  ['skewed counts', skewed],
  ['no counts', new Uint32Array(count)],
])('the mean of rows is the centroid of k-means with one cluster, bit by bit: %s', (_, counts) => {
  const own = Float32Array.from([...some].flatMap((id) => [...rows.subarray(id * dim, (id + 1) * dim)]));
  const points = { rows: own, width: dim, weights: countsOf(some, counts) };
  const { centroids } = kMeans(points, { clusters: 1, seed: 5 });
  expect(meanRow(rows, dim, some, counts)).toEqual(centroids);
  expect(meanRow(source, dim, some, counts)).toEqual(centroids);
});

test.each([
  ['skewed counts', skewed],
  ['equal counts', new Uint32Array(count).fill(4)],
])('ids that stand for all are those of a sort by counts: %s', (_, counts) => {
  const sorted = [...some].sort((a, b) => counts[b] - counts[a] || a - b);
  const tail = sorted.slice(25);
  const every = Math.ceil(tail.length / 25);
  const spaced = tail.filter((_, i) => i % every === 0);
  const { ids, weights } = typical(some, counts, 50);
  expect([...ids]).toEqual([...sorted.slice(0, 25), ...spaced]);
  expect(weights).toEqual([...sorted.slice(0, 25).map((id) => counts[id]), ...spaced.map((id) => every * counts[id])]); // prettier-ignore
  expect(typical(some, counts, some.length).ids).toBe(some);
});
