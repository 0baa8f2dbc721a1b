import { memoised } from './memoised.ts';

/** The part of a product that one workgroup computes, and how its threads share it. */
export interface Tile {
  /** Size of the result. */
  readonly rows: number;
  readonly columns: number;
  /** Terms of the sums that are in workgroup memory at a time; a multiple of 4. */
  readonly inner: number;
  /** Size of the result in one thread's registers; multiples of 4. */
  readonly threadRows: number;
  readonly threadColumns: number;
  /** Share of the card's arithmetic that is reached, as a guess, where there are enough workgroups. */
  readonly efficiency: number;
}

/**
 * 8 x 8 sums a thread take two reads of workgroup memory (of four floats) for every 32 multiplications: a card with 128
 * lanes and 128 bytes a cycle is then bound by its arithmetic. The 64 sums, the next tile on its way and the operands fit
 * 128 registers, so that two workgroups of 256 threads share a multiprocessor: one computes while the other waits. The
 * smaller tiles are for results that the large one would leave empty (narrow layers, small batches).
 */
const shapes: readonly Tile[] = [
  { rows: 128, columns: 128, inner: 16, threadRows: 8, threadColumns: 8, efficiency: 1 },
  { rows: 128, columns: 64, inner: 16, threadRows: 8, threadColumns: 8, efficiency: 0.9 },
  { rows: 64, columns: 64, inner: 16, threadRows: 8, threadColumns: 4, efficiency: 0.75 },
  { rows: 32, columns: 32, inner: 16, threadRows: 4, threadColumns: 4, efficiency: 0.5 },
  { rows: 128, columns: 16, inner: 16, threadRows: 4, threadColumns: 4, efficiency: 0.5 },
  { rows: 16, columns: 128, inner: 16, threadRows: 4, threadColumns: 4, efficiency: 0.5 },
  { rows: 256, columns: 4, inner: 16, threadRows: 4, threadColumns: 4, efficiency: 0.5 },
];

/** The last ones for sums of 4 terms at most. */
export const tiles: readonly Tile[] = [...shapes, ...shapes.map((tile) => ({ ...tile, inner: 4 }))];

export const threadsOf = ({ rows, columns, threadRows, threadColumns }: Tile) =>
  (rows / threadRows) * (columns / threadColumns);

/** Bytes of workgroup memory, the most that any form of operands takes. */
export const bytesOf = ({ rows, columns, inner }: Tile) => 16 * inner * (rows / 4 + columns / 4 + 2);

/** Multiprocessors of a large card; WebGPU does not tell. Results depend on it only if sums are split. */
const multiprocessors = 132;
/** The number of groups that fit on a multiprocessor with the registers of the larger tiles. */
const maxWarps = 16;
/** Sums split for more parallelism have this many terms at least: less is dear to add up again. */
const shortest = 128;

export interface Division {
  readonly tile: Tile;
  /** The sums are computed in so many parts. */
  readonly splits: number;
  /** Number of terms in a part, a multiple of the tile's `inner`. */
  readonly chunk: number;
}

/**
 * The division of `batches` products [rows, inner] x [inner, columns] that should be done first on a large card within
 * `bytes` of workgroup memory; parts are only of products that may be split. A function of its arguments alone: the same
 * sums in the same order every time.
 */
export const divide = memoised(
  (
    rows: number,
    columns: number,
    inner: number,
    batches: number,
    maySplit: boolean,
    bytes: number,
    threads: number,
  ) => {
    const wanted = inner <= 4 ? 4 : 16;
    let best: Division | undefined;
    let least = Infinity;
    for (const tile of tiles) {
      if (tile.inner !== wanted || bytesOf(tile) > bytes || threadsOf(tile) > threads) continue;
      const groups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batches;
      const most = maySplit ? Math.max(1, Math.floor(inner / shortest)) : 1;
      const parts = Math.min(most, Math.ceil((4 * multiprocessors) / groups));
      const chunk = tile.inner * Math.max(1, Math.ceil(inner / parts / tile.inner));
      const splits = Math.max(1, Math.ceil(inner / chunk));
      const turns = Math.ceil((groups * splits) / multiprocessors);
      const warps = Math.min(maxWarps, (turns * threadsOf(tile)) / 32);
      const busy = warps / (warps + 4); // a guess, too: four schedulers wait less, the more warps they have
      const time = (turns * tile.rows * tile.columns * chunk) / (tile.efficiency * busy);
      if (time < least) [best, least] = [{ tile, splits, chunk }, time];
    }
    if (best === undefined) throw new Error('no tile fits the device');
    return best;
  },
);
