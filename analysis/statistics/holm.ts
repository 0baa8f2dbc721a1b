/** The outcome of one hypothesis among several. */
export interface Judged {
  readonly rejected: boolean;
  /** The level its p-value was compared with. An interval of confidence 1 - `level` holds zero exactly where it was not rejected. */
  readonly level: number;
}

/**
 * Holm's step-down correction (Scand. J. Statist. 1979): of m hypotheses the smallest p-value is compared with alpha / m, the
 * next with alpha / (m - 1), up to the first that is not below; it and all after it are not rejected. The chance to reject any
 * that is true is alpha at most, however they depend on each other, and nothing that Bonferroni rejects is kept.
 */
export function holm(pValues: readonly number[], alpha = 0.05): Judged[] {
  const order = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const judged = new Array<Judged>(pValues.length);
  let going = true;
  let level = 0;
  order.forEach((index, step) => {
    if (going) level = alpha / (pValues.length - step);
    going &&= pValues[index] <= level;
    judged[index] = { rejected: going, level };
  });
  return judged;
}
