/**
 * Comparing with all is faster with fewer centroids, and in more dimensions a tree's branches are hardly ever ruled out. Timed
 * on normal rows: trees win from 128 centroids in 2 dimensions, 512 in 4 and somewhat above 1,024 in 6, and in 8 they
 * hardly do with 4,096.
 */
export function isForTree(centroids: number, width: number): boolean {
  return centroids >= 2 ** (5 + width) && width <= 6;
}

/** Centroids in a leaf: fewer would make the tree larger, more are more to compare with. */
const leafSize = 8;

/** The nearest of some centroids, and how far the next one is. */
export interface NearestTwo {
  nearest: number;
  square: number;
  secondSquare: number;
}

/**
 * A k-d tree (Bentley 1975): finds the nearest among many centroids of few dimensions by comparing with some dozens of them,
 * not with all. Of two that are as near it finds the one with the lower number.
 */
export class CentroidTree {
  private readonly centroids: Float64Array;
  private readonly width: number;
  /** Numbers of centroids, leaf after leaf. */
  private readonly order: Uint32Array;
  /** The dimension that an inner node cuts, and the place; its children are 2 node + 1 and 2 node + 2. */
  private readonly cutDimension: Uint8Array;
  private readonly cut: Float64Array;
  private readonly depth: number;
  /** Distance of the query from the box of the node, in every dimension. */
  private readonly offsets: Float64Array;
  private readonly found: NearestTwo = { nearest: 0, square: Infinity, secondSquare: Infinity };

  constructor(centroids: Float64Array, width: number) {
    this.centroids = centroids;
    this.width = width;
    const count = centroids.length / width;
    this.order = Uint32Array.from({ length: count }, (_, i) => i);
    this.depth = Math.max(0, Math.ceil(Math.log2(count / leafSize)));
    this.cutDimension = new Uint8Array(2 ** this.depth - 1);
    this.cut = new Float64Array(2 ** this.depth - 1);
    this.offsets = new Float64Array(width);
    this.build(0, 0, 0, count);
  }

  /** Answers for the point at `from`. The next answer overwrites this one. */
  find(points: ArrayLike<number>, from: number): Readonly<NearestTwo> {
    this.found.nearest = -1;
    this.found.square = this.found.secondSquare = Infinity;
    this.offsets.fill(0);
    this.visit(0, 0, 0, this.order.length, 0, points, from);
    return this.found;
  }

  /** Halves by the median of the dimension in which the centroids are spread most. */
  private build(node: number, level: number, from: number, to: number): void {
    if (level === this.depth) return;
    const { centroids, width, order } = this;
    let widest = 0;
    let widestSide = -1;
    for (let k = 0; k < width; k++) {
      let [smallest, largest] = [Infinity, -Infinity];
      for (let i = from; i < to; i++) {
        const x = centroids[order[i] * width + k];
        smallest = Math.min(smallest, x);
        largest = Math.max(largest, x);
      }
      if (largest - smallest > widestSide) [widest, widestSide] = [k, largest - smallest];
    }
    const at = (centroid: number) => centroids[centroid * width + widest];
    order.subarray(from, to).sort((a, b) => at(a) - at(b));
    const middle = (from + to) >>> 1;
    this.cutDimension[node] = widest;
    this.cut[node] = at(order[middle]);
    this.build(2 * node + 1, level + 1, from, middle);
    this.build(2 * node + 2, level + 1, middle, to);
  }

  /** `boxSquare`: of the distance from the point to the box of the node. */
  private visit(
    node: number,
    level: number,
    from: number,
    to: number,
    boxSquare: number,
    points: ArrayLike<number>,
    point: number,
  ): void {
    if (level === this.depth) return this.compare(from, to, points, point);
    const { offsets, found } = this;
    const dimension = this.cutDimension[node];
    const side = points[point + dimension] - this.cut[node];
    const middle = (from + to) >>> 1;
    if (side < 0) this.visit(2 * node + 1, level + 1, from, middle, boxSquare, points, point);
    else this.visit(2 * node + 2, level + 1, middle, to, boxSquare, points, point);
    const before = offsets[dimension];
    const otherSquare = boxSquare - before * before + side * side;
    // The second nearest has to be right too.
    if (otherSquare * (1 - 1e-12) > found.secondSquare) return;
    offsets[dimension] = side;
    if (side < 0) this.visit(2 * node + 2, level + 1, middle, to, otherSquare, points, point);
    else this.visit(2 * node + 1, level + 1, from, middle, otherSquare, points, point);
    offsets[dimension] = before;
  }

  private compare(from: number, to: number, points: ArrayLike<number>, point: number): void {
    const { centroids, width, order, found } = this;
    for (let i = from; i < to; i++) {
      const centroid = order[i];
      let square = 0;
      for (let k = 0, at = centroid * width; k < width; k++, at++)
        square += (points[point + k] - centroids[at]) ** 2;
      if (square < found.square || (square === found.square && centroid < found.nearest)) {
        found.secondSquare = found.square;
        found.square = square;
        found.nearest = centroid;
      } else if (square < found.secondSquare) found.secondSquare = square;
    }
  }
}
