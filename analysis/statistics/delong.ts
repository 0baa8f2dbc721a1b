import { sum } from '../../base/sum.ts';
import { ascending } from './ascending.ts';

/**
 * The noise of AUCs that comes from the test rows, and how much of it models share that are tested on the same rows:
 * DeLong, DeLong and Clarke-Pearson 1988. An AUC is a mean over clicks, and also a mean over non-clicks, of where each
 * stands among the other class; the spread of these placements is its noise.
 */

/**
 * The placement of every row in one model's ranking, in the order of the rows of its class. The numbers are twice the
 * placements: integers, so that nothing is rounded.
 */
export interface Placements {
  /** Twice the number of non-clicks that score lower than each click; ties count one half. */
  readonly ofClicks: Int32Array;
  /** Twice the number of clicks that score higher than each non-click; ties count one half. */
  readonly ofNonClicks: Int32Array;
  readonly auc: number;
}

/**
 * A placement is the difference of a row's mid-ranks among all rows and among those of its class (Sun and Xu 2014): one
 * walk through the sorted rows, equal scores together. Ties count one half. `labels`: 0 or 1.
 */
export function placements(scores: Float32Array, labels: Uint8Array): Placements {
  const order = ascending(scores);
  const rows = order.length;
  let clicks = 0;
  for (let row = 0; row < rows; row++) clicks += labels[row];
  const nonClicks = rows - clicks;
  const doubled = new Int32Array(rows);
  let total = 0;
  let [clicksBelow, nonClicksBelow] = [0, 0];
  for (let start = 0, end = 0; start < rows; start = end) {
    const score = scores[order[start]];
    let equalClicks = 0;
    while (end < rows && scores[order[end]] === score) equalClicks += labels[order[end++]];
    const equalNonClicks = end - start - equalClicks;
    const ofClick = 2 * nonClicksBelow + equalNonClicks;
    const ofNonClick = 2 * (clicks - clicksBelow) - equalClicks;
    for (let i = start; i < end; i++) doubled[order[i]] = labels[order[i]] === 1 ? ofClick : ofNonClick;
    total += equalClicks * ofClick;
    clicksBelow += equalClicks;
    nonClicksBelow += equalNonClicks;
  }
  const ofClicks = new Int32Array(clicks);
  const ofNonClicks = new Int32Array(nonClicks);
  for (let row = 0, click = 0, nonClick = 0; row < rows; row++) {
    if (labels[row] === 1) ofClicks[click++] = doubled[row];
    else ofNonClicks[nonClick++] = doubled[row];
  }
  return { ofClicks, ofNonClicks, auc: total / 2 / (clicks * nonClicks) };
}

/** Variances over rows of differences of AUCs, of several pairs of models on the same rows. */
export interface RowVariance {
  /** Variance of the pairs' mean difference. */
  readonly ofMean: number;
  /** Variance of one pair's difference, on average. */
  readonly ofOne: number;
}

/**
 * Variances of `a[i]` minus `b[i]`. Needs two rows of each class; one row has no spread. A difference's placements are the
 * differences of placements, so no covariances of all models are needed: O(rows x pairs).
 */
export function rowVariance(a: readonly Placements[], b: readonly Placements[]): RowVariance {
  // The mean placement of either class is the AUC.
  const centers = a.map(({ auc }, pair) => auc - b[pair].auc);
  const parts = (
    [
      ['ofClicks', 'ofNonClicks'],
      ['ofNonClicks', 'ofClicks'],
    ] as const
  ).map(([own, other]) =>
    classVariance(
      a.map((one) => one[own]),
      b.map((one) => one[own]),
      centers,
      a[0][other].length,
    ),
  );
  return { ofMean: parts[0].ofMean + parts[1].ofMean, ofOne: parts[0].ofOne + parts[1].ofOne };
}

/** The share of one class in the variances. A class at a time, pair by pair: the inner loop has no branch. */
function classVariance(
  a: readonly Int32Array[],
  b: readonly Int32Array[],
  centers: readonly number[],
  others: number,
): RowVariance {
  const rows = a[0].length;
  const pairs = a.length;
  const share = 1 / (2 * others);
  // Differences are integers, and their mean is known: deviations from it need no walk of their own.
  const sums = new Float64Array(rows);
  let squares = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const [ofA, ofB, center] = [a[pair], b[pair], centers[pair]];
    let squared = 0;
    for (let row = 0; row < rows; row++) {
      const difference = ofA[row] - ofB[row];
      sums[row] += difference;
      squared += difference * difference;
    }
    squares += squared * share * share - rows * center * center;
  }
  const center = sum(centers) / pairs;
  const perRow = rows * Math.max(1, rows - 1);
  const squaredMeans = sums.reduce((sum, x) => sum + ((x * share) / pairs - center) ** 2, 0);
  return { ofMean: squaredMeans / perRow, ofOne: squares / pairs / perRow };
}
