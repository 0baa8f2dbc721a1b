/**
 * The noise of AUCs that comes from the test rows, and how much of it models share that are tested on the same rows:
 * DeLong, DeLong and Clarke-Pearson 1988. An AUC is a mean over clicks, and also a mean over non-clicks, of where each
 * stands among the other class; the spread of these placements is its noise.
 */

/** Where every row stands in one model's ranking. */
export interface Placements {
  /**
   * Of a click, twice the number of non-clicks that score lower, ties counting one half; of a non-click, twice the number
   * of clicks that score higher. Integers, so that nothing is rounded. [rows]
   */
  readonly doubled: Uint32Array;
  readonly clicks: number;
  readonly nonClicks: number;
  readonly auc: number;
}

/**
 * In O(n log n), as the mid-ranks of Sun and Xu 2014 are: a placement is the difference of a row's mid-ranks among all
 * rows and among those of its class. Ties count one half. `labels`: 0 or 1.
 */
export function placements(scores: Float32Array, labels: Uint8Array): Placements {
  const clicks = scores.filter((_, row) => labels[row] === 1).sort();
  const nonClicks = scores.filter((_, row) => labels[row] !== 1).sort();
  const doubled = new Uint32Array(scores.length);
  let total = 0;
  for (let row = 0; row < scores.length; row++) {
    const score = scores[row];
    if (labels[row] === 1) {
      doubled[row] = below(nonClicks, score) + upTo(nonClicks, score);
      total += doubled[row];
    } else doubled[row] = 2 * clicks.length - below(clicks, score) - upTo(clicks, score);
  }
  const pairs = clicks.length * nonClicks.length;
  return { doubled, clicks: clicks.length, nonClicks: nonClicks.length, auc: total / 2 / pairs };
}

/**
 * Covariances of the AUCs of models on the same rows: [models, models]. Needs two rows of each class; 0 where there is
 * one, of which nothing can be known.
 */
export function deLongCovariance(models: readonly Placements[], labels: Uint8Array): number[][] {
  const { clicks, nonClicks } = models[0];
  const count = models.length;
  const ofClicks = new Float64Array(count * count);
  const ofNonClicks = new Float64Array(count * count);
  const deviations = new Float64Array(count);
  for (let row = 0; row < labels.length; row++) {
    const [sums, others] = labels[row] === 1 ? [ofClicks, nonClicks] : [ofNonClicks, clicks];
    // Of both classes the mean placement is the AUC.
    for (let i = 0; i < count; i++) deviations[i] = models[i].doubled[row] / (2 * others) - models[i].auc;
    for (let i = 0; i < count; i++)
      for (let j = 0; j <= i; j++) sums[i * count + j] += deviations[i] * deviations[j];
  }
  const perClick = clicks * Math.max(1, clicks - 1);
  const perNonClick = nonClicks * Math.max(1, nonClicks - 1);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: count }, (_, j) => {
      const place = Math.max(i, j) * count + Math.min(i, j);
      return ofClicks[place] / perClick + ofNonClicks[place] / perNonClick;
    }),
  );
}

/** How many of the sorted are below a value. */
function below(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the sorted are below a value or equal to it. */
function upTo(sorted: Float32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
