/**
 * Area under the ROC curve, exact: the probability that a random click scores above a random non-click, a tie counting
 * one half (Mann-Whitney). NaN if one class is missing. O(n log n), without boxing: score and label are packed into
 * one double, which a typed array sorts natively. With weights, a pair counts the product of its two.
 */
export function auc(scores: Float32Array, labels: ArrayLike<number>, weights?: ArrayLike<number>): number {
  if (weights !== undefined) return weightedAuc(scores, labels, weights);
  const n = scores.length;
  const keys = new Float64Array(n);
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, n);
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(scores[i])) return NaN;
    keys[i] = orderedBits(scores[i] === 0 ? 0 : bits[i]) * 2 + (labels[i] > 0.5 ? 1 : 0); // -0 equals 0
  }
  keys.sort();
  let clicksSeen = 0;
  let nonClicksSeen = 0;
  let pairs = 0;
  for (let i = 0; i < n;) {
    const score = Math.floor(keys[i] / 2);
    let clicks = 0;
    let nonClicks = 0;
    for (; i < n && Math.floor(keys[i] / 2) === score; i++) {
      if (keys[i] % 2 === 1) clicks++;
      else nonClicks++;
    }
    pairs += clicks * (nonClicksSeen + nonClicks / 2);
    clicksSeen += clicks;
    nonClicksSeen += nonClicks;
  }
  return pairs / (clicksSeen * nonClicksSeen);
}

/** Maps the bits of a float32 to an unsigned integer of the same order. */
function orderedBits(bits: number): number {
  return (bits & 0x80000000 ? ~bits : bits | 0x80000000) >>> 0;
}

function weightedAuc(scores: Float32Array, labels: ArrayLike<number>, weights: ArrayLike<number>): number {
  if (scores.some(Number.isNaN)) return NaN;
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  let [clicksSeen, nonClicksSeen, pairs] = [0, 0, 0];
  for (let i = 0; i < order.length;) {
    const score = scores[order[i]];
    let [clicks, nonClicks] = [0, 0];
    for (; i < order.length && scores[order[i]] === score; i++) {
      if (labels[order[i]] > 0.5) clicks += weights[order[i]];
      else nonClicks += weights[order[i]];
    }
    pairs += clicks * (nonClicksSeen + nonClicks / 2);
    clicksSeen += clicks;
    nonClicksSeen += nonClicks;
  }
  return pairs / (clicksSeen * nonClicksSeen);
}
