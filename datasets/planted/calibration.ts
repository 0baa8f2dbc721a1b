/** Solves for the bias and the slope of a logit that give a click rate and the AUC of the true probability. */

/** The click rate of the Kaggle log. */
const clickRate = 0.2562;

export interface Line {
  readonly bias: number;
  readonly slope: number;
}

/** Scores of pilot rows, to be made into logits `bias + slope * scores[row]`. Reorders `scores`. */
export function solve(scores: Float64Array, bestAuc: number): Line {
  scores.sort();
  let low = 0.1;
  let high = 10;
  let slope = 1;
  let bias = logit(clickRate);
  for (let i = 0; i < 16; i++) {
    slope = Math.sqrt(low * high);
    // One or two steps from the last bias suffice: the slope moves less and less.
    for (let step = 0; step < 2; step++) bias += logit(clickRate) - logit(meanOf(scores, slope, bias));
    if (aucOf(scores, slope, bias) < bestAuc) low = slope;
    else high = slope;
  }
  return { bias, slope };
}

export const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

/** Standardizes to mean 0 and variance `share` over the pilot. */
export function standardize(values: Float64Array, share: number): (x: number) => number {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const weight = Math.sqrt(share / (squares / values.length - mean * mean));
  return (x) => (x - mean) * weight;
}

/** The click rate at a slope and bias. Its log-odds grow with the bias nearly one to one, which solves for the bias. */
function meanOf(scores: Float64Array, slope: number, bias: number): number {
  let sum = 0;
  for (const score of scores) sum += sigmoid(bias + slope * score);
  return sum / scores.length;
}

/** Expected AUC of ranking by `scores` (ascending) when clicks are drawn from the probabilities. */
function aucOf(scores: Float64Array, slope: number, bias: number): number {
  let clicks = 0;
  let others = 0; // expected non-clicks so far, all ranked below
  let ordered = 0;
  for (const score of scores) {
    const p = sigmoid(bias + slope * score);
    ordered += p * (others + (1 - p) / 2);
    clicks += p;
    others += 1 - p;
  }
  return ordered / (clicks * others);
}
