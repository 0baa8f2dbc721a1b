/** From the parts of a row's signal to its true click probability, calibrated on a pilot of rows. */
import { rowMaker, type Signal } from './rows.ts';

/** Share of the logit's variance that each part gets. */
const T = JSON.parse(process.env.PLANT ?? '{}');
const shares: Record<keyof Signal, number> = T.shares ?? { ids: 0.5, integers: 0.25, interactions: 0.25 };
const clickRate = 0.2562; // of the Kaggle log
const pilotRows = 32_768;

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
  let low = 0.01;
  let high = 10;
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2;
    if (aucOf(scores, middle, biasFor(scores, middle)) < bestAuc) low = middle;
    else high = middle;
  }
  const slope = (low + high) / 2;
  const bias = biasFor(scores, slope);
  return (signal, size, probabilities) => {
    for (let row = 0; row < size; row++) probabilities[row] = sigmoid(bias + slope * score(signal, row));
  };
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** To mean 0 and variance `share` over the pilot. */
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

/** The bias that gives the click rate, by Newton's method on its log-odds (monotone, nearly linear). */
function biasFor(scores: Float64Array, slope: number): number {
  const logit = (p: number) => Math.log(p / (1 - p));
  let bias = logit(clickRate);
  for (let i = 0; i < 6; i++) {
    let rate = 0;
    for (const score of scores) rate += sigmoid(bias + slope * score);
    bias += logit(clickRate) - logit(rate / scores.length);
  }
  return bias;
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
