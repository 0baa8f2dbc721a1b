import { random, type Random } from '../../../base/random.ts';
import { searchFurther, searchNearest } from './centroid-search.ts';
import { CentroidTree, isForTree } from './centroid-tree.ts';

/** Rows of `width` floats, one after the other. */
export interface Points {
  readonly rows: Float32Array;
  readonly width: number;
  /** Weight of each row, at least 0; all rows count alike if absent, or if all are 0. */
  readonly weights?: ArrayLike<number>;
}

export interface KMeansOptions {
  readonly clusters: number;
  readonly seed: number;
  /** Largest number of rounds. */
  readonly rounds?: number;
  /** It ends before where a round lowers the objective by no more than this share of it. */
  readonly tolerance?: number;
}

export interface Clustering {
  /** [clusters, width]. Where there are fewer different rows than clusters, the last ones repeat others. */
  readonly centroids: Float32Array;
  /** Cluster of every row, the one with the nearest centroid. */
  readonly assignment: Uint32Array;
  /** Weighted sum of squared distances after seeding and after every round: never rises. */
  readonly objectives: readonly number[];
}

/** Every further centroid costs a pass over all rows: more of them are drawn some at a time. */
const maxDrawnSingly = 1024;
const draws = 8;

/**
 * Lloyd's algorithm from a k-means++ start (Arthur and Vassilvitskii, SODA 2007), every row counted by its weight. A row
 * is compared with all centroids only if bounds on how far these have moved leave its cluster open (Hamerly, SDM
 * 2010), so that later rounds cost little more than a pass over the rows. A cluster that loses all its weight starts
 * anew at the row that adds most to the objective.
 */
export function kMeans(points: Points, options: KMeansOptions): Clustering {
  const { clusters, seed, rounds = 20, tolerance = 0.001 } = options;
  const lloyd = new Lloyd(points, clusters, random(seed));
  const objectives = [lloyd.objective()];
  for (let round = 0; round < rounds; round++) {
    const restarted = lloyd.moveCentroids();
    const changed = lloyd.assign();
    const before = objectives.at(-1)!;
    objectives.push(lloyd.objective());
    const gained = before - objectives.at(-1)! > tolerance * before;
    if (!restarted && !(changed && gained)) break;
  }
  return { centroids: Float32Array.from(lloyd.centroids), assignment: lloyd.assignment, objectives };
}

class Lloyd {
  readonly centroids: Float64Array;
  readonly assignment: Uint32Array;
  private readonly rows: Float32Array;
  private readonly width: number;
  private readonly count: number;
  private readonly weights: Float64Array;
  /** Squared distance of every row to its centroid. */
  private readonly squares: Float64Array;
  /** No centroid but a row's own is nearer to it than this. */
  private readonly clear: Float64Array;

  constructor({ rows, width, weights }: Points, clusters: number, stream: Random) {
    this.rows = rows;
    this.width = width;
    this.count = rows.length / width;
    if (!Number.isInteger(this.count) || this.count === 0 || clusters < 1)
      throw new RangeError(`${rows.length} floats in rows of ${width} for ${clusters} clusters`);
    if (weights && weights.length !== this.count)
      throw new RangeError(`${weights.length} weights for ${this.count} rows`);
    this.weights = new Float64Array(this.count).fill(1);
    if (weights && Array.prototype.some.call(weights, (weight) => weight > 0)) this.weights.set(weights);
    this.centroids = new Float64Array(clusters * width);
    this.assignment = new Uint32Array(this.count);
    this.squares = new Float64Array(this.count).fill(Infinity);
    this.clear = new Float64Array(this.count);
    if (clusters > maxDrawnSingly) this.startInDraws(clusters, stream);
    else {
      let mass = this.weights.reduce((sum, weight) => sum + weight, 0);
      for (let cluster = 0; cluster < clusters; cluster++)
        mass = this.addAt(cluster, this.drawRow(stream, cluster, mass));
    }
  }

  objective(): number {
    let sum = 0;
    for (let row = 0; row < this.count; row++) sum += this.weights[row] * this.squares[row];
    return sum;
  }

  /** Every centroid to the weighted mean of its rows. Returns whether one without any has started anew. */
  moveCentroids(): boolean {
    const { rows, width, centroids, assignment, weights } = this;
    const before = centroids.slice();
    const mass = new Float64Array(centroids.length / width);
    centroids.fill(0);
    for (let row = 0; row < this.count; row++) {
      const cluster = assignment[row];
      mass[cluster] += weights[row];
      for (let k = 0; k < width; k++) centroids[cluster * width + k] += weights[row] * rows[row * width + k];
    }
    mass.forEach((sum, cluster) => {
      for (let at = cluster * width; at < (cluster + 1) * width; at++)
        centroids[at] = sum > 0 ? centroids[at] / sum : before[at];
    });
    this.measure();
    let restarted = false;
    mass.forEach((sum, cluster) => (restarted = (sum === 0 && this.restart(cluster)) || restarted));
    if (restarted) this.measure(); // rows without weight may have been with a centroid that is elsewhere now
    this.loosen(before);
    return restarted;
  }

  /** Every row to its nearest centroid. Returns whether one has moved. */
  assign(): boolean {
    const { rows, assignment, squares, clear } = this;
    const half = halfGaps(this.centroids, this.width);
    const wanted = new Uint32Array(this.count);
    let open = 0;
    for (let row = 0; row < this.count; row++) {
      const own = Math.sqrt(squares[row]);
      if (own > clear[row] && own > half[assignment[row]]) wanted[open++] = row;
    }
    let changed = false;
    const where = { rows, width: this.width, wanted: wanted.subarray(0, open), assignment, squares };
    searchFurther(where, this.centroids, (row, cluster, secondSquare) => {
      clear[row] = Math.sqrt(Math.max(0, secondSquare));
      const square = this.squareTo(row, cluster, squares[row]);
      if (square >= squares[row]) return; // the one it has, or one as near
      assignment[row] = cluster;
      squares[row] = square;
      changed = true;
    });
    return changed;
  }

  /**
   * k-means++ for some centroids at a time (after k-means||, Bahmani et al., VLDB 2012): different rows, drawn by
   * weight times squared distance to the centroids of the draws before.
   */
  private startInDraws(clusters: number, stream: Random): void {
    const { rows, width, count, weights, squares, centroids } = this;
    const all = Uint32Array.from({ length: count }, (_, row) => row);
    for (let draw = 0, have = 0; draw < draws; draw++) {
      const end = Math.floor((clusters * (draw + 1)) / draws);
      // The smallest of exponential times whose rates are the masses (Efraimidis and Spirakis 2006).
      const times = weights.map((weight, row) => {
        const mass = weight * (draw === 0 ? 1 : squares[row]);
        return mass > 0 ? -Math.log(1 - stream.uniform()) / mass : Infinity;
      });
      const soonest = all.slice().sort((a, b) => times[a] - times[b] || a - b);
      for (let i = 0; have < end; have++, i++)
        for (let k = 0; k < width; k++) centroids[have * width + k] = rows[soonest[i % count] * width + k];
      const search = draw === 0 ? searchNearest : searchFurther;
      const where = { rows, width, wanted: all, assignment: this.assignment, squares };
      search(where, centroids.subarray(0, have * width), (row, nearest) => {
        this.assignment[row] = nearest;
        squares[row] = this.squareTo(row, nearest, Infinity);
      });
    }
  }

  /**
   * The row for the next centroid: the first by weight, then by weight times squared distance to those there are. `total`: the sum of that
   * over all rows.
   */
  private drawRow(stream: Random, cluster: number, total: number): number {
    const { weights, squares, count } = this;
    const first = cluster === 0;
    let left = stream.uniform() * total;
    let last = cluster % count; // where all rows have a centroid already
    for (let row = 0; row < count; row++) {
      const mass = first ? weights[row] : weights[row] * squares[row];
      if (mass === 0) continue;
      last = row;
      left -= mass;
      if (left < 0) break;
    }
    return last;
  }

  /** Puts a centroid where a row is, and gives it the rows that are nearer to it than to their own. */
  private startAt(cluster: number, start: number): void {
    const { rows, width, squares } = this;
    for (let k = 0; k < width; k++) this.centroids[cluster * width + k] = rows[start * width + k];
    for (let row = 0; row < this.count; row++) {
      const square = this.squareTo(row, cluster, squares[row]);
      if (square >= squares[row]) continue;
      squares[row] = square;
      this.assignment[row] = cluster;
    }
  }

  /**
   * The same for one after the other at first, when all before are where rows are. A row is at least as near to its own as to a new
   * one that is twice as far from its own as the row is: it is not compared. What is beyond twice leaves room for rounding. Returns the
   * sum of weights times squares.
   */
  private addAt(cluster: number, start: number): number {
    const { rows, width, count, squares, centroids, assignment, weights } = this;
    const at = cluster * width;
    for (let k = 0; k < width; k++) centroids[at + k] = rows[start * width + k];
    const near = new Float64Array(cluster + 1); // squared distances of rows to their own below which none has to be compared
    for (let other = 0; other < cluster; other++) {
      let square = 0;
      for (let k = 0; k < width; k++) square += (centroids[other * width + k] - centroids[at + k]) ** 2;
      near[other] = square / 4.0001;
    }
    let total = 0;
    for (let row = 0; row < count; row++) {
      let own = squares[row];
      if (!(own < near[assignment[row]])) {
        const square = this.squareTo(row, cluster, own);
        if (!(square >= own)) {
          squares[row] = own = square;
          assignment[row] = cluster;
        }
      }
      total += weights[row] * own;
    }
    return total;
  }

  private restart(cluster: number): boolean {
    let worst = 0;
    for (let row = 1; row < this.count; row++)
      if (this.weights[row] * this.squares[row] > this.weights[worst] * this.squares[worst]) worst = row;
    if (this.weights[worst] * this.squares[worst] === 0) return false; // a centroid for every row already
    this.startAt(cluster, worst);
    return true;
  }

  private measure(): void {
    for (let row = 0; row < this.count; row++)
      this.squares[row] = this.squareTo(row, this.assignment[row], Infinity);
  }

  /** Bounds after the centroids have moved: others may have come nearer by as much as any has moved. */
  private loosen(before: Float64Array): void {
    const { centroids, width } = this;
    let farthest = 0;
    for (let at = 0; at < centroids.length; at += width) {
      let square = 0;
      for (let k = at; k < at + width; k++) square += (centroids[k] - before[k]) ** 2;
      farthest = Math.max(farthest, square);
    }
    const moved = Math.sqrt(farthest);
    for (let row = 0; row < this.count; row++) this.clear[row] -= moved;
  }

  /** Stops once it is `enough`. */
  private squareTo(row: number, cluster: number, enough: number): number {
    const { rows, width, centroids } = this;
    let square = 0;
    for (let k = 0, at = cluster * width; k < width && square < enough; k++, at++)
      square += (rows[row * width + k] - centroids[at]) ** 2;
    return square;
  }
}

/** Half the distance of every centroid to the next one: a row nearer than that has no nearer centroid. */
function halfGaps(centroids: Float64Array, width: number): Float64Array {
  const gaps = new Float64Array(centroids.length / width).fill(Infinity);
  if (isForTree(gaps.length, width)) {
    const tree = new CentroidTree(centroids, width);
    return gaps.map((_, a) => Math.sqrt(tree.find(centroids, a * width).secondSquare) / 2); // the nearest is itself
  }
  for (let a = 0; a < gaps.length; a++)
    for (let b = 0; b < a; b++) {
      let square = 0;
      for (let k = 0; k < width; k++) square += (centroids[a * width + k] - centroids[b * width + k]) ** 2;
      gaps[a] = Math.min(gaps[a], square);
      gaps[b] = Math.min(gaps[b], square);
    }
  return gaps.map((square) => Math.sqrt(square) / 2);
}
