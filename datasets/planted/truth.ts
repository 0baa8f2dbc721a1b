/** The true click probability of a row from the parts of its signal, calibrated on a pilot of rows. */
import { rowMaker, type Signal } from './rows.ts';

/** Share of the logit's variance that each part gets. */
const shares: Record<keyof Signal, number> = { ids: 0.45, integers: 0.25, interactions: 0.3 };
const clickRate = 0.2562; // of the Kaggle log
const pilotRows = 65_536;

/** Writes the true click probabilities of a block of rows. */
export type Truth = (signal: Signal, size: number, probabilities: Float32Array) => void;

/**
 * Standardizes the parts, then solves for the bias and the slope of the logit that give the click rate and `bestAuc`,
 * the AUC of the true probability. The pilot has the meaning of ids of `seed`, and rows of its own beyond any log.
 */
export function calibrate(seed: number, scale: number, bestAuc: number): Truth {
  const { rows, fill } = rowMaker(seed, scale, pilotRows);
  fill(2 ** 32 - pilotRows, pilotRows);
  const ids = standardize(rows.signal.ids, shares.ids);
  const integers = standardize(rows.signal.integers, shares.integers);
  const interactions = standardize(rows.signal.interactions, shares.interactions);
  const score = (signal: Signal, row: number) =>
    ids(signal.ids[row]) + integers(signal.integers[row]) + interactions(signal.interactions[row]);

  const scores = Float64Array.from({ length: pilotRows }, (_, row) => score(rows.signal, row)).sort();
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
  return (signal, size, probabilities) => {
    for (let row = 0; row < size; row++) probabilities[row] = sigmoid(bias + slope * score(signal, row));
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

/** Standardizes to mean 0 and variance `share` over the pilot. */
function standardize(values: Float64Array, share: number): (x: number) => number {
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
