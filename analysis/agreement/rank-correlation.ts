/** The 97.5 % quantile of the normal distribution. */
const normalQuantile = 1.959963984540054;

/** Methods below which no rank correlation is told: its interval would be nearly all of -1 to 1. */
export const fewestMethods = 5;

/** Spearman's rank correlation with the ends of its 95 % interval. */
export interface RankCorrelation {
  readonly value: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/**
 * Spearman's rank correlation of two lists of numbers, which belong together by their places; ties get their mean rank. The interval is that of Bonett and Wright
 * (Psychometrika 65, 2000): atanh(r) has the variance (1 + r^2 / 2) / (n - 3). It says how far another sample of as many methods could
 * differ. It gives no interval to orders that are wholly alike or opposite: they get that of orders in which two neighbours change places, up to
 * 1 or -1. Undefined for fewer than five, and if one list has the same number everywhere.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): RankCorrelation | undefined {
  const count = a.length;
  const value = count < fewestMethods ? undefined : spearman(a, b);
  if (value === undefined) return undefined;
  const oneSwap = 1 - 12 / (count * (count ** 2 - 1));
  const near = Math.max(-oneSwap, Math.min(oneSwap, value));
  const half = normalQuantile * Math.sqrt((1 + near ** 2 / 2) / (count - 3));
  const [from, to] = [Math.tanh(Math.atanh(near) - half), Math.tanh(Math.atanh(near) + half)];
  return { value, from: value < near ? -1 : from, to: value > near ? 1 : to, count };
}

/** Spearman's rank correlation; undefined if a list has the same number everywhere. */
export function spearman(a: readonly number[], b: readonly number[]): number | undefined {
  const [x, y] = [meanRanks(a), meanRanks(b)];
  const middle = (a.length + 1) / 2;
  let [both, ofX, ofY] = [0, 0, 0];
  x.forEach((rank, i) => {
    both += (rank - middle) * (y[i] - middle);
    ofX += (rank - middle) ** 2;
    ofY += (y[i] - middle) ** 2;
  });
  return ofX === 0 || ofY === 0 ? undefined : both / Math.sqrt(ofX * ofY);
}

/** Ranks from 1 for the lowest number; equal numbers get the mean of theirs. */
function meanRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranks = new Array<number>(values.length);
  for (let from = 0, to; from < order.length; from = to) {
    for (to = from + 1; to < order.length && values[order[to]] === values[order[from]];) to++;
    for (let place = from; place < to; place++) ranks[order[place]] = (from + 1 + to) / 2;
  }
  return ranks;
}
