import { auc } from './auc.ts';

export interface Scores {
  readonly auc: number;
  /** Mean negative log-likelihood in nats, of probabilities clipped to [1e-7, 1 - 1e-7]. */
  readonly logloss: number;
  /** Share of rows on the right side of one half. */
  readonly accuracy: number;
  /** Logloss / logloss of always saying the rows' own click rate (He et al., ADKDD 2014): below 1 is better than that. */
  readonly normalizedEntropy: number;
  /** Sum of predictions / number of clicks: 1 is calibrated. */
  readonly calibration: number;
}

const clip = 1e-7;

/** Scores of predicted click probabilities against 0/1 labels; with weights, a row counts as often as its weight. */
export function scoresOf(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): Scores {
  let [rows, right, clicks, predicted] = [0, 0, 0, 0];
  for (let i = 0; i < probabilities.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    const p = clipped(probabilities[i]);
    const clicked = labels[i] > 0.5;
    rows += weight;
    if (p > 0.5 === clicked) right += weight;
    if (clicked) clicks += weight;
    predicted += weight * p;
  }
  const loss = logloss(probabilities, labels, weights);
  const rate = clicks / rows;
  const entropy = -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
  return {
    auc: auc(probabilities, labels, weights),
    logloss: loss,
    accuracy: right / rows,
    normalizedEntropy: loss / entropy,
    calibration: predicted / clicks,
  };
}

/** Mean negative log-likelihood in nats, of clipped probabilities; under weights, if there are any. */
export function logloss(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let [loss, rows] = [0, 0];
  for (let i = 0; i < probabilities.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    const p = clipped(probabilities[i]);
    rows += weight;
    loss -= weight * Math.log(labels[i] > 0.5 ? p : 1 - p);
  }
  return loss / rows;
}

function clipped(probability: number): number {
  return Math.min(1 - clip, Math.max(clip, probability));
}
