import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.ts';
import { searchFurther } from '../../methods/shared/clustering/centroid-search.ts';
import { CentroidTree } from '../../methods/shared/clustering/centroid-tree.ts';
import { searchNeighbors } from '../../methods/shared/clustering/neighbor-search.ts';

interface Case {
  readonly rows: number;
  readonly width: number;
  readonly centroids: number;
  /** Coordinates are multiples of this: a coarse grid has ties, and centroids at one place. 0: any. */
  readonly grid: number;
  /** Centroids that rows start at: few have many rows each. */
  readonly starts: number;
}

function drawn({ rows, width, centroids, grid, starts }: Case) {
  const stream = random(rows + width + centroids);
  const coordinate = () => {
    const x = stream.normal();
    return grid > 0 ? Math.round(x / grid) * grid : x;
  };
  const points = Float32Array.from({ length: rows * width }, coordinate);
  const places = Float64Array.from({ length: centroids * width }, coordinate);
  const assignment = Uint32Array.from({ length: rows }, () => stream.next() % starts);
  const squares = Float64Array.from(assignment, (own, row) => squareTo(row, own));
  function squareTo(row: number, centroid: number): number {
    let square = 0;
    for (let k = 0; k < width; k++) square += (points[row * width + k] - places[centroid * width + k]) ** 2;
    return square;
  }
  const wanted = Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => row % 7 !== 3);
  return { where: { rows: points, width, wanted, assignment, squares }, places, squareTo };
}

const cases: [string, Case][] = [
  ['four dimensions', { rows: 3000, width: 4, centroids: 520, grid: 0, starts: 520 }],
  [
    'rows far from the centroid that they start at',
    { rows: 2000, width: 4, centroids: 600, grid: 0, starts: 3 },
  ],
  ['ties, and centroids at one place', { rows: 2000, width: 4, centroids: 512, grid: 0.5, starts: 512 }],
  ['two dimensions', { rows: 2000, width: 2, centroids: 130, grid: 0.01, starts: 130 }],
  ['three dimensions on a coarse grid', { rows: 500, width: 3, centroids: 256, grid: 1, starts: 256 }],
  ['one dimension', { rows: 400, width: 1, centroids: 64, grid: 0.001, starts: 64 }],
];

describe.each(cases)('rows with a centroid: %s', (_, drawing) => {
  test('the nearest two are those of all centroids, bit by bit', () => {
    const { where, places, squareTo } = drawn(drawing);
    const seen = new Set<number>();
    searchFurther(where, places, (row, nearest, secondSquare) => {
      seen.add(row);
      const all = Array.from({ length: drawing.centroids }, (_, centroid) => squareTo(row, centroid));
      const sorted = all.toSorted((a, b) => a - b);
      expect(nearest).toBe(all.indexOf(sorted[0]));
      expect(secondSquare).toBe(sorted[1]);
    });
    expect([...seen].sort((a, b) => a - b)).toEqual([...where.wanted]);
  });
});

test('rows whose centroid has hardly any others are left to a tree, and so are those without a distance', () => {
  const { where, places } = drawn({ rows: 300, width: 4, centroids: 2048, grid: 0, starts: 2000 });
  where.assignment.fill(7, 0, 100);
  for (let row = 0; row < 300; row++)
    where.squares[row] = new CentroidTree(places.subarray(28, 32), 4).find(where.rows, row * 4).square;
  const found: number[] = [];
  const rest = searchNeighbors(where, places, (row) => found.push(row));
  expect(found.length).toBeGreaterThan(80);
  expect([...found, ...rest].sort((a, b) => a - b)).toEqual([...where.wanted]);
  where.squares[5] = Infinity;
  expect([...searchNeighbors(where, places, () => {})]).toContain(5);
});
