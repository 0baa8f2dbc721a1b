import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { CentroidTree } from '../../methods/shared/clustering/centroid-tree.ts';

/** The nearest centroid by comparing with all. */
function nearestTwo(centroids: Float64Array, width: number, point: Float64Array) {
  let found = { nearest: -1, square: Infinity, secondSquare: Infinity };
  for (let centroid = 0; centroid < centroids.length / width; centroid++) {
    let square = 0;
    for (let k = 0; k < width; k++) square += (point[k] - centroids[centroid * width + k]) ** 2;
    if (square < found.square) found = { nearest: centroid, square, secondSquare: found.square };
    else found.secondSquare = Math.min(found.secondSquare, square);
  }
  return found;
}

test('the tree finds what comparing with all finds, of equally near ones the first', () => {
  const cases = fc.record({
    count: fc.integer({ min: 1, max: 400 }),
    width: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(1000),
    coarse: fc.boolean(), // many that are equal, or as near
  });
  fc.assert(
    fc.property(cases, ({ count, width, seed, coarse }) => {
      const stream = random(seed);
      const draw = () => (coarse ? stream.next() % 4 : stream.normal());
      const centroids = Float64Array.from({ length: count * width }, draw);
      const tree = new CentroidTree(centroids, width);
      for (let i = 0; i < 20; i++) {
        const point = Float64Array.from({ length: width }, draw);
        expect(tree.find(point, 0)).toEqual(nearestTwo(centroids, width, point));
      }
      expect(tree.find(centroids, (count - 1) * width).square).toBe(0);
    }),
    { numRuns: 200 },
  );
});
