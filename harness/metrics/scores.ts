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

/** Scores of predicted click probabilities against 0/1 labels. */
export function scoresOf(probabilities: Float32Array, labels: ArrayLike<number>): Scores {
  const n = probabilities.length;
  const loss = logloss(probabilities, labels);
  let right = 0;
  let clicks = 0;
  let predicted = 0;
  for (let i = 0; i < n; i++) {
    const p = clipped(probabilities[i]);
    const clicked = labels[i] > 0.5;
    if (p > 0.5 === clicked) right++;
    if (clicked) clicks++;
    predicted += p;
  }
  const rate = clicks / n;
  const entropy = -(rate * Math.log(rate) + (1 - rate) * Math.log(1 - rate));
  return {
    auc: auc(probabilities, labels),
    logloss: loss,
    accuracy: right / n,
    normalizedEntropy: loss / entropy,
    calibration: predicted / clicks,
  };
}

/** Mean negative log-likelihood in nats, of clipped probabilities. */
export function logloss(probabilities: Float32Array, labels: ArrayLike<number>): number {
  let loss = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const p = clipped(probabilities[i]);
    loss -= Math.log(labels[i] > 0.5 ? p : 1 - p);
  }
  return loss / probabilities.length;
}

function clipped(probability: number): number {
  return Math.min(1 - clip, Math.max(clip, probability));
}
