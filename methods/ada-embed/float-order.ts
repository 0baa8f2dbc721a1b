/**
 * The bits of a nonnegative 32-bit float, read as an integer, ascend with it: this finds the n-th largest of millions in
 * two passes, without sorting.
 */
const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The bits of a 32-bit float from 0 up as an integer, which ascends with the float. */
export function orderOf(x: number): number {
  float[0] = x;
  return word[0];
}

export function floatAt(order: number): number {
  word[0] = order;
  return float[0];
}

/** Calls `visit` with every order, and with the same ones in every call. */
export type Orders = (visit: (order: number) => void) => void;

export interface Lowest {
  readonly order: number;
  /** Number of orders equal to it that are among the `count` largest. */
  readonly ties: number;
}

/** The least of the `count` largest orders above 0, undefined if there are no more than that. */
export function minOf(orders: Orders, count: number): Lowest | undefined {
  const high = new Uint32Array(2 ** 16);
  let positive = 0;
  orders((order) => {
    if (order === 0) return;
    positive++;
    high[order >>> 16]++;
  });
  if (positive <= count) return undefined;
  const upper = lastWithin(high, count);
  const low = new Uint32Array(2 ** 16);
  orders((order) => {
    if (order >>> 16 === upper.at && order > 0) low[order & 0xffff]++;
  });
  const lower = lastWithin(low, count - upper.above);
  return { order: upper.at * 2 ** 16 + lower.at, ties: count - upper.above - lower.above };
}

/** Counts from the last bin down: the bin in which `count` is reached, and the number of items above it. */
function lastWithin(bins: Uint32Array, count: number): { at: number; above: number } {
  let above = 0;
  let at = bins.length - 1;
  while (above + bins[at] < count) above += bins[at--];
  return { at, above };
}
