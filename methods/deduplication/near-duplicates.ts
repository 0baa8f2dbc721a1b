import { topK } from '../../base/top-k.ts';
import { hash32 } from '../../base/hash.ts';
import { random } from '../../base/random.ts';
import { largestWithin } from '../shared/budget/bisection.ts';
import { Buckets } from './lsh-buckets.ts';
import { offsetsOf } from '../shared/rows/table-parts.ts';

/** Blocks of `width` floats, group after group. */
export interface GroupedBlocks {
  readonly floats: Float32Array;
  readonly width: number;
  /** Number of blocks of each group, at least 1. */
  readonly groups: readonly number[];
  /** Weights of floats, at least 0: each is for an equal run of floats, in order. Without them all floats count alike. */
  readonly weights?: Float32Array;
}

export interface Representatives {
  /** Numbers of the blocks that stand for all, ascending. */
  readonly blocks: Uint32Array;
  /** For every block, the position in `blocks` of the block of its group that stands for it. */
  readonly map: Uint32Array;
  /** Blocks were merged where they are not farther apart than this. */
  readonly tolerance: number;
}

/**
 * Chooses at most `max` blocks to stand for all; `max` is at least the number of groups. Each stands for itself and
 * for blocks within a tolerance, the smallest that leaves so few. Equal blocks always share one.
 *
 * Blocks are gone through by weighted magnitude, largest first: one becomes a representative where none is near enough.
 * Those that may be near are found by hashing for Euclidean distance (Datar et al., SoCG 2004): random projections, cut
 * into steps of a few tolerances; blocks that agree in all cuts of one of some tables are compared. What the last step of
 * the tolerance leaves of `max` goes to the blocks that are served worst, by weighted square.
 */
export function representatives(blocks: GroupedBlocks, max: number, seed: number): Representatives {
  const { floats, width, groups } = blocks;
  if (max < groups.length) throw new RangeError(`${max} representatives for ${groups.length} groups`);
  const search = new Search(blocks, seed);
  const largestNorm = search.largestNorm();
  const toleranceAt = (step: number) =>
    step === 0 ? Infinity : 2 * largestNorm * 2 ** (-step / stepsPerOctave);
  let tolerance = 0;
  let leaders = search.leaders(0, max);
  if (leaders === undefined) {
    const step = largestWithin(smallestStep, (step) => search.leaders(toleranceAt(step), max) !== undefined);
    tolerance = toleranceAt(step);
    leaders = search.leaders(tolerance, max)!;
  }
  search.promote(leaders, max);

  const all = floats.length / width;
  const chosen = Uint32Array.from({ length: all }, (_, block) => block).filter(
    (block) => leaders[block] === block,
  );
  const position = new Uint32Array(all);
  chosen.forEach((block, i) => (position[block] = i));
  return { blocks: chosen, map: Uint32Array.from(leaders, (leader) => position[leader]), tolerance };
}

/** Tolerances go from twice the largest norm, at which any two blocks are one, down to 2^-30 of it. */
const stepsPerOctave = 8;
const smallestStep = 30 * stepsPerOctave;

/**
 * Two blocks a tolerance apart agree in a cut of four tolerances in 0.8 of all cases, in four cuts in 0.4, and in one of
 * four tables in 0.88; at four tolerances in 0.07.
 */
const [tables, cuts, cutWidth] = [4, 4, 4];

class Search {
  private readonly blocks: GroupedBlocks;
  private readonly count: number;
  private readonly groupOf: Uint32Array;
  /** Largest weighted magnitude first. */
  private readonly order: Uint32Array;
  /** The first in that order that is equal, of the same group. */
  private readonly first: Uint32Array;
  /** [block, tables * cuts] */
  private readonly projected: Float32Array;
  private readonly shifts: Float64Array;
  private readonly seed: number;

  constructor(blocks: GroupedBlocks, seed: number) {
    const { floats, width, groups } = blocks;
    this.blocks = blocks;
    this.seed = seed;
    this.count = floats.length / width;
    this.groupOf = new Uint32Array(this.count);
    const starts = offsetsOf(groups);
    groups.forEach((length, group) => this.groupOf.fill(group, starts[group], starts[group] + length));
    const magnitudes = Float32Array.from({ length: this.count }, (_, block) => this.weightedSquare(block));
    this.order = Uint32Array.from({ length: this.count }, (_, block) => block).sort(
      (a, b) => magnitudes[b] - magnitudes[a] || a - b,
    );
    this.first = this.firstEquals();
    const stream = random(seed);
    const directions = Float64Array.from({ length: tables * cuts * width }, () => stream.normal());
    this.shifts = Float64Array.from({ length: tables * cuts }, () => stream.uniform());
    this.projected = project(floats, width, directions);
  }

  /** The block that stands for each block; undefined if there would be more than `max`. */
  leaders(tolerance: number, max: number): Uint32Array | undefined {
    const { count, first, groupOf, order } = this;
    const leaders = new Uint32Array(count);
    const near = tolerance > 0 ? new Buckets(count, tables) : undefined;
    const keys = new Uint32Array(tables);
    let found = 0;
    for (const block of order) {
      if (first[block] !== block) {
        leaders[block] = leaders[first[block]];
        continue;
      }
      leaders[block] = block;
      if (near !== undefined) {
        this.keysOf(block, tolerance, keys);
        const leader = near.find(keys, (other) => {
          if (groupOf[other] !== groupOf[block]) return undefined;
          return this.square(block, other) <= tolerance ** 2;
        });
        if (leader === undefined) near.add(keys, block);
        else leaders[block] = leader;
      }
      if (leaders[block] === block && ++found > max) return undefined;
    }
    return leaders;
  }

  /** Makes blocks stand for themselves, those served worst, until `max` do. */
  promote(leaders: Uint32Array, max: number): void {
    const { first, count } = this;
    const lost = new Float32Array(count);
    let spare = max;
    for (let block = 0; block < count; block++) {
      if (leaders[block] === block) spare--;
      else lost[first[block]] += this.weightedSquare(block, leaders[block]);
    }
    const promoted = topK(lost, spare).filter((block) => lost[block] > 0);
    for (const block of promoted) leaders[block] = block;
    for (let block = 0; block < count; block++)
      if (leaders[first[block]] === first[block]) leaders[block] = first[block];
  }

  largestNorm(): number {
    let max = 0;
    for (let block = 0; block < this.count; block++) max = Math.max(max, this.square(block));
    return Math.sqrt(max);
  }

  private keysOf(block: number, tolerance: number, keys: Uint32Array): void {
    const salt = hash32(this.groupOf[block], this.seed);
    for (let table = 0, at = block * tables * cuts; table < tables; table++) {
      let key = hash32(table, salt);
      for (let cut = 0; cut < cuts; cut++, at++) {
        const step = this.projected[at] / (cutWidth * tolerance) + this.shifts[at % (tables * cuts)];
        key = hash32(Math.floor(step), key);
      }
      keys[table] = key;
    }
  }

  private firstEquals(): Uint32Array {
    const { floats, width } = this.blocks;
    const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
    const seen = new Map<number, number[]>();
    const first = new Uint32Array(this.count);
    for (const block of this.order) {
      let key = this.groupOf[block];
      for (let at = block * width; at < (block + 1) * width; at++) key = hash32(words[at], key);
      const candidates = seen.get(key);
      const same = candidates?.find(
        (other) => this.groupOf[other] === this.groupOf[block] && this.square(block, other) === 0,
      );
      first[block] = same ?? block;
      if (same !== undefined) continue;
      if (candidates === undefined) seen.set(key, [block]);
      else candidates.push(block);
    }
    return first;
  }

  /** Squared distance to another block, or to zero. */
  private square(block: number, other?: number): number {
    const { floats, width } = this.blocks;
    let sum = 0;
    for (let k = 0, at = block * width; k < width; k++, at++) {
      const difference = floats[at] - (other === undefined ? 0 : floats[other * width + k]);
      sum += difference * difference;
    }
    return sum;
  }

  private weightedSquare(block: number, other?: number): number {
    const { floats, width, weights } = this.blocks;
    if (weights === undefined) return this.square(block, other);
    const each = floats.length / weights.length;
    let sum = 0;
    for (let k = 0, at = block * width; k < width; k++, at++) {
      const difference = floats[at] - (other === undefined ? 0 : floats[other * width + k]);
      sum += weights[Math.floor(at / each)] * difference * difference;
    }
    return sum;
  }
}

function project(floats: Float32Array, width: number, directions: Float64Array): Float32Array {
  const each = directions.length / width;
  const projected = new Float32Array((floats.length / width) * each);
  for (let from = 0, to = 0; from < floats.length; from += width)
    for (let direction = 0; direction < each; direction++, to++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += floats[from + k] * directions[direction * width + k];
      projected[to] = sum;
    }
  return projected;
}
