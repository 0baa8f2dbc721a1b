import { CentroidTree, isForTree } from './centroid-tree.ts';
import { type Assigned, searchNeighbors, type Wanted } from './neighbor-search.ts';

/** Finds the nearest centroid of each row. */
export function nearestCentroids(rows: Float32Array, width: number, centroids: Float32Array): Uint32Array {
  const assignment = new Uint32Array(rows.length / width);
  const all = Uint32Array.from(assignment, (_, row) => row);
  searchNearest({ rows, width, wanted: all }, Float64Array.from(centroids), (row, nearest) => {
    assignment[row] = nearest;
  });
  return assignment;
}

/** `found` is called for each row that is wanted, in order. */
export function searchNearest(
  { rows, width, wanted }: Wanted,
  centroids: Float64Array,
  found: (row: number, nearest: number, secondSquare: number) => void,
): void {
  if (isForTree(centroids.length / width, width)) {
    const tree = new CentroidTree(centroids, width);
    for (const row of wanted) {
      const { nearest, secondSquare } = tree.find(rows, row * width);
      found(row, nearest, secondSquare);
    }
    return;
  }
  const search = new Search(centroids, width);
  const each = ({ row, nearest, secondSquare }: Search, i: number) =>
    found(row[i], nearest[i], secondSquare[i]);
  for (const row of wanted) search.add(rows, row, each);
  search.finish(rows, each);
}

/** The same of rows that have a centroid, in any order: they look around it where a tree would be searched. */
export function searchFurther(
  assigned: Assigned,
  centroids: Float64Array,
  found: (row: number, nearest: number, secondSquare: number) => void,
): void {
  const { width } = assigned;
  const wanted = isForTree(centroids.length / width, width)
    ? searchNeighbors(assigned, centroids, found)
    : assigned.wanted;
  if (wanted.length > 0) searchNearest({ ...assigned, wanted }, centroids, found);
}

/** Rows searched for side by side, so that a centroid that is read serves all of them: 2.4 times the speed of one. */
const lanes = 4;

type Found = (search: Search, lane: number) => void;

/**
 * Compares rows with all centroids, by |x - c|^2 = |x|^2 - 2 (x c - |c|^2 / 2). Results are in arrays of the search,
 * because an object per row would cost more than the search.
 */
class Search {
  readonly row = new Uint32Array(lanes);
  readonly nearest = new Uint32Array(lanes);
  /** Squared distance to the centroid that is next after the nearest. */
  readonly secondSquare = new Float64Array(lanes);
  private readonly centroids: Float64Array;
  private readonly width: number;
  private readonly halfNorms: Float64Array;
  private readonly block: Float64Array; // [width, lanes]
  private filled = 0;

  constructor(centroids: Float64Array, width: number) {
    this.centroids = centroids;
    this.width = width;
    this.block = new Float64Array(width * lanes);
    this.halfNorms = new Float64Array(centroids.length / width);
    centroids.forEach((x, at) => (this.halfNorms[Math.floor(at / width)] += (x * x) / 2));
  }

  /** `found` is called for each row, in order, once there are enough to search for. */
  add(rows: Float32Array, row: number, found: Found): void {
    this.row[this.filled++] = row;
    if (this.filled === lanes) this.finish(rows, found);
  }

  /** Searches for rows that are still waiting. */
  finish(rows: Float32Array, found: Found): void {
    const { width, block, row, filled, secondSquare } = this;
    const norms = [0, 0, 0, 0];
    for (let lane = 0; lane < filled; lane++)
      for (let k = 0; k < width; k++) {
        const x = rows[row[lane] * width + k];
        block[k * lanes + lane] = x;
        norms[lane] += x * x;
      }
    this.scan();
    for (let lane = 0; lane < filled; lane++) {
      secondSquare[lane] = norms[lane] + 2 * secondSquare[lane];
      found(this, lane);
    }
    this.filled = 0;
  }

  /**
   * Leaves |c|^2 / 2 - x c of the second in `secondSquare`. Two centroids at a time, so that sums need not wait for each other. Written
   * out by lane: arrays would cost half the speed.
   */
  private scan(): void {
    const { centroids, width, halfNorms, block, nearest, secondSquare } = this;
    const last = halfNorms.length - 1;
    let [n0, n1, n2, n3] = [0, 0, 0, 0];
    let [first0, first1, first2, first3] = [Infinity, Infinity, Infinity, Infinity];
    let [second0, second1, second2, second3] = [Infinity, Infinity, Infinity, Infinity];
    for (let cluster = 0; cluster <= last; cluster += 2) {
      // An odd one that is left over stands beside itself, and is compared once.
      const next = cluster < last ? cluster + 1 : cluster;
      let s0 = halfNorms[cluster];
      let s1 = s0;
      let s2 = s0;
      let s3 = s0;
      let t0 = halfNorms[next];
      let t1 = t0;
      let t2 = t0;
      let t3 = t0;
      const [at, beside] = [cluster * width, next * width];
      for (let k = 0; k < width; k++) {
        const c = centroids[at + k];
        const d = centroids[beside + k];
        const x = k * lanes;
        const x0 = block[x];
        const x1 = block[x + 1];
        const x2 = block[x + 2];
        const x3 = block[x + 3];
        s0 -= x0 * c;
        s1 -= x1 * c;
        s2 -= x2 * c;
        s3 -= x3 * c;
        t0 -= x0 * d;
        t1 -= x1 * d;
        t2 -= x2 * d;
        t3 -= x3 * d;
      }
      if (s0 < second0) {
        second0 = s0 < first0 ? first0 : s0;
        if (s0 < first0) {
          first0 = s0;
          n0 = cluster;
        }
      }
      if (s1 < second1) {
        second1 = s1 < first1 ? first1 : s1;
        if (s1 < first1) {
          first1 = s1;
          n1 = cluster;
        }
      }
      if (s2 < second2) {
        second2 = s2 < first2 ? first2 : s2;
        if (s2 < first2) {
          first2 = s2;
          n2 = cluster;
        }
      }
      if (s3 < second3) {
        second3 = s3 < first3 ? first3 : s3;
        if (s3 < first3) {
          first3 = s3;
          n3 = cluster;
        }
      }
      if (next === cluster) break;
      if (t0 < second0) {
        second0 = t0 < first0 ? first0 : t0;
        if (t0 < first0) {
          first0 = t0;
          n0 = next;
        }
      }
      if (t1 < second1) {
        second1 = t1 < first1 ? first1 : t1;
        if (t1 < first1) {
          first1 = t1;
          n1 = next;
        }
      }
      if (t2 < second2) {
        second2 = t2 < first2 ? first2 : t2;
        if (t2 < first2) {
          first2 = t2;
          n2 = next;
        }
      }
      if (t3 < second3) {
        second3 = t3 < first3 ? first3 : t3;
        if (t3 < first3) {
          first3 = t3;
          n3 = next;
        }
      }
    }
    nearest.set([n0, n1, n2, n3]);
    secondSquare.set([second0, second1, second2, second3]);
  }
}
