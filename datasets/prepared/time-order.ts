/** Rows sorted by time, those of one time in the order of the log; undefined if the log is sorted. */
export function timeOrder(times: Float64Array): Uint32Array | undefined {
  let sorted = true;
  for (let row = 1; row < times.length && sorted; row++) sorted = times[row - 1] <= times[row];
  if (sorted) return undefined;
  const order = new Uint32Array(times.length);
  for (let row = 0; row < order.length; row++) order[row] = row;
  return order.sort((a, b) => times[a] - times[b] || a - b);
}

/**
 * Past the last row of each of `count` equal spans of time, in the order of time. The unit of time is the smallest gap between two
 * rows: 240 different hours make ten spans of exactly 24.
 */
export function spansOf(
  times: Float64Array,
  order: Uint32Array | undefined,
  count: number,
): (spans: number) => number {
  const at = (i: number) => times[order ? order[i] : i];
  const { length } = times;
  let unit = Infinity;
  for (let i = 1; i < length; i++) {
    const gap = at(i) - at(i - 1);
    if (gap > 0 && gap < unit) unit = gap;
  }
  const first = at(0);
  const span = (at(length - 1) - first + (unit === Infinity ? 0 : unit)) / count;
  return (spans) => {
    if (spans >= count) return length;
    const end = spans * span * (1 - 1e-12); // a product that should be whole may be a little more
    let [low, high] = [0, length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(middle) - first < end) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
