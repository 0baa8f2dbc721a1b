/** A learning rate that was tried with one seed. */
export interface Trial {
  readonly rate: number;
  /** Undefined if the run diverged or failed. */
  readonly validationAuc: number | undefined;
}

/** A grid is extended at most this often at each end. */
export const maxExtensions = 2;

/**
 * Standard error of the difference of two validation AUCs of one seed. The noise of training does not depend on the number of rows,
 * that of rows falls with it. Both were measured on pairs of methods on the Criteo sample: .00137, and with 10,888 rows .00163 (the
 * seeds' own part .00126, the common part .00103).
 */
export function trialError(validationRows: number): number {
  return Math.sqrt(0.00137 ** 2 + (0.00163 ** 2 * 10_888) / Math.max(1, validationRows));
}

/**
 * The rate to report: of those within one standard error of the best, one inside the grid before one at its end, then the lower.
 * Undefined if no trial gave a number.
 */
export function ruledRate(trials: readonly Trial[], error: number): number | undefined {
  const [best] = ranked(trials);
  if (best === undefined) return undefined;
  const near = ranked(trials)
    .filter(({ auc }) => auc >= best.auc - error)
    .map(({ rate }) => rate);
  const inside = near.filter((rate) => endOf(rate, trials) === undefined);
  return Math.min(...(inside.length > 0 ? inside : near));
}

/**
 * The next rate to try: twice the highest, or half the lowest, while that one leads all others by more than one standard error.
 * Undefined if the grid needs no extension, or has had all that it may have. `grid`: the rates that everybody tries.
 */
export function extension(
  trials: readonly Trial[],
  error: number,
  grid: readonly number[],
): number | undefined {
  const [best, second] = ranked(trials);
  if (best === undefined || (second !== undefined && second.auc >= best.auc - error)) return undefined;
  const end = endOf(best.rate, trials);
  if (end === undefined) return undefined;
  const beyond = trials.filter(({ rate }) =>
    end === 'highest' ? rate > Math.max(...grid) : rate < Math.min(...grid),
  );
  if (beyond.length >= maxExtensions) return undefined;
  return end === 'highest' ? best.rate * 2 : best.rate / 2;
}

function endOf(rate: number, trials: readonly Trial[]): 'lowest' | 'highest' | undefined {
  const rates = trials.map((trial) => trial.rate);
  if (rate === Math.max(...rates)) return 'highest';
  return rate === Math.min(...rates) ? 'lowest' : undefined;
}

/** Trials with a number, the best first. */
function ranked(trials: readonly Trial[]): { readonly rate: number; readonly auc: number }[] {
  return trials
    .flatMap(({ rate, validationAuc: auc }) => (auc === undefined ? [] : [{ rate, auc }]))
    .sort((a, b) => b.auc - a.auc || a.rate - b.rate);
}
