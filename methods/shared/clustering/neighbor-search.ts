export interface Wanted {
  readonly rows: Float32Array;
  readonly width: number;
  /** Numbers of the rows to search for. */
  readonly wanted: Uint32Array;
}

/** Rows that have a centroid, and may have a nearer one. */
export interface Assigned extends Wanted {
  /** The centroid of every row. */
  readonly assignment: Uint32Array;
  /** Squared distance of every row to it. */
  readonly squares: Float64Array;
}

/** Neighbors of a centroid are sorted by distance as far as these rings tell. */
const rings = 64;

/** Rounding is far below this share of a square. */
const slack = 1 + 1e-9;

/**
 * A list of neighbors costs as much as so many centroids compared with one row in a tree: with fewer rows to a centroid it does not pay.
 */
const centroidsPerRow = 200;

/**
 * Finds the nearest two centroids of rows that have a centroid c already: others can only be nearer than what is found so far if they are
 * near c, by the triangle inequality (as in Newling and Fleuret, Fast k-means with accurate bounds, ICML 2016). Rows of one centroid share the list
 * of its neighbors, nearest first. `found` is called as by searchNearest, in another order. Returns the rows of centroids with too few.
 */
export function searchNeighbors(
  { rows, width, wanted, assignment, squares }: Assigned,
  centroids: Float64Array,
  found: (row: number, nearest: number, secondSquare: number) => void,
): Uint32Array {
  const count = centroids.length / width;
  const { order, ends } = byCentroid(wanted, assignment, count);
  const list = new NeighborList(centroids, width);
  const rest: number[] = [];
  for (let own = 0, from = 0; own < count; from = ends[own++]) {
    const to = ends[own];
    if (from === to) continue;
    let farthest = 0;
    for (let i = from; i < to; i++) farthest = Math.max(farthest, squares[order[i]]);
    if ((to - from) * centroidsPerRow < count || !(farthest < Infinity)) {
      for (let i = from; i < to; i++) rest.push(order[i]);
      continue;
    }
    list.gather(own, farthest);
    for (let i = from; i < to; i++) {
      const row = order[i];
      list.find(rows, row * width, squares[row]);
      found(row, list.nearest, list.secondSquare);
    }
  }
  return Uint32Array.from(rest);
}

/** Rows in the order of their centroids, and where those of each centroid end. */
function byCentroid(wanted: Uint32Array, assignment: Uint32Array, count: number) {
  const ends = new Uint32Array(count + 1);
  for (const row of wanted) ends[assignment[row] + 1]++;
  for (let own = 0; own < count; own++) ends[own + 1] += ends[own];
  const order = new Uint32Array(wanted.length);
  for (const row of wanted) order[ends[assignment[row]]++] = row;
  return { order, ends };
}

/** The neighbors of a centroid that matter for rows up to some distance from it. */
class NeighborList {
  nearest = 0;
  secondSquare = Infinity;
  private own = 0;
  /** Neighbors in a square of distance, for one ring. */
  private ringSquare = 0;
  private readonly centroids: Float64Array;
  private readonly width: number;
  private readonly squares: Float64Array;
  /** Centroids near enough, and their rings. */
  private readonly found: Uint32Array;
  private readonly ringOf: Uint8Array;
  private readonly starts = new Uint32Array(rings + 1);
  private readonly ends = new Uint32Array(rings);
  private readonly ids: Uint32Array;
  private readonly places: Float64Array;

  constructor(centroids: Float64Array, width: number) {
    this.centroids = centroids;
    this.width = width;
    const count = centroids.length / width;
    this.squares = new Float64Array(count);
    this.found = new Uint32Array(count);
    this.ringOf = new Uint8Array(count);
    this.ids = new Uint32Array(count);
    this.places = new Float64Array(centroids.length);
  }

  /** `farthest`: the largest squared distance of a row. */
  gather(own: number, farthest: number): void {
    const { centroids, width, squares, found, ringOf, starts, ends, ids, places } = this;
    const count = squares.length;
    this.own = own;
    const next = width === 4 ? this.measure4() : this.measure();
    // The second of a row is at most as far as the centroid that is next to its own.
    const limit = (2 * Math.sqrt(farthest) + Math.sqrt(next)) ** 2 * slack;
    this.ringSquare = Math.max(limit / rings, 1e-300);
    const scale = 1 / this.ringSquare;
    starts.fill(0);
    squares[own] = Infinity;
    let near = 0;
    for (let other = 0; other < count; other++) {
      if (!(squares[other] <= limit)) continue;
      const ring = Math.min(rings - 1, (squares[other] * scale) | 0);
      starts[ring + 1]++;
      ringOf[near] = ring;
      found[near++] = other;
    }
    for (let ring = 0; ring < rings; ring++) {
      starts[ring + 1] += starts[ring];
      ends[ring] = starts[ring];
    }
    for (let i = 0; i < near; i++) {
      const place = ends[ringOf[i]]++;
      const other = found[i];
      ids[place] = other;
      for (let k = 0; k < width; k++) places[place * width + k] = centroids[other * width + k];
    }
  }

  /** Squared distances of all centroids to its own; returns the least of the others. */
  private measure(): number {
    const { centroids, width, squares, own } = this;
    let next = Infinity;
    for (let other = 0, at = 0; other < squares.length; other++) {
      let square = 0;
      for (let k = own * width, end = k + width; k < end; k++, at++) {
        const side = centroids[k] - centroids[at];
        square += side * side;
      }
      squares[other] = square;
      if (square < next && other !== own) next = square;
    }
    return next;
  }

  private measure4(): number {
    const { centroids, squares, own } = this;
    const [x0, x1, x2, x3] = centroids.subarray(4 * own, 4 * own + 4);
    let next = Infinity;
    for (let other = 0; other < squares.length; other++) {
      const d0 = x0 - centroids[4 * other];
      const d1 = x1 - centroids[4 * other + 1];
      const d2 = x2 - centroids[4 * other + 2];
      const d3 = x3 - centroids[4 * other + 3];
      const square = d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
      squares[other] = square;
      if (square < next && other !== own) next = square;
    }
    return next;
  }

  /** Leaves the answer for the row at `from` of `rows`, whose squared distance to its own centroid is given. */
  find(rows: Float32Array, from: number, ownSquare: number): void {
    if (this.width === 4) return this.find4(rows, from, ownSquare);
    const { width, starts, ids, places, ringSquare } = this;
    const distance = Math.sqrt(ownSquare);
    let [nearest, square, second] = [this.own, ownSquare, Infinity];
    for (let ring = 0; ring < rings; ring++) {
      if (ring * ringSquare > (distance + Math.sqrt(second)) ** 2 * slack) break;
      for (let i = starts[ring], end = starts[ring + 1]; i < end; i++) {
        let other = 0;
        for (let k = 0, at = i * width; k < width; k++, at++) {
          const side = rows[from + k] - places[at];
          other += side * side;
        }
        if (other < square || (other === square && ids[i] < nearest)) {
          second = square;
          square = other;
          nearest = ids[i];
        } else if (other < second) second = other;
      }
    }
    this.nearest = nearest;
    this.secondSquare = second;
  }

  /** The same in four dimensions, written out: twice as fast. */
  private find4(rows: Float32Array, from: number, ownSquare: number): void {
    const { starts, ids, places, ringSquare } = this;
    const distance = Math.sqrt(ownSquare);
    const [x0, x1, x2, x3] = [rows[from], rows[from + 1], rows[from + 2], rows[from + 3]];
    let [nearest, square, second] = [this.own, ownSquare, Infinity];
    for (let ring = 0; ring < rings; ring++) {
      if (ring * ringSquare > (distance + Math.sqrt(second)) ** 2 * slack) break;
      for (let i = starts[ring], end = starts[ring + 1]; i < end; i++) {
        const d0 = x0 - places[4 * i];
        const d1 = x1 - places[4 * i + 1];
        const d2 = x2 - places[4 * i + 2];
        const d3 = x3 - places[4 * i + 3];
        const other = d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3;
        if (other < square || (other === square && ids[i] < nearest)) {
          second = square;
          square = other;
          nearest = ids[i];
        } else if (other < second) second = other;
      }
    }
    this.nearest = nearest;
    this.secondSquare = second;
  }
}
