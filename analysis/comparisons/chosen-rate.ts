import { sum } from '../../base/sum.ts';
import { approximationOf } from './exact-training.ts';
import type { RunRecord } from '../../results/record.ts';
import { ruledRate, type Trial, trialError } from './rate-rule.ts';
import { seriesKey } from './series-key.ts';

/** The seed that chooses among learning rates. No number of it is reported, so that the choice flatters none. */
export const choosingSeed = 0;

/** A method with its options at a budget, that was tried at several learning rates. */
export interface RateChoice {
  readonly method: string;
  readonly options: RunRecord['options'];
  readonly requested: number;
  /** Undefined if no trial gave a number. */
  readonly rate: number | undefined;
  /** The runs that it was chosen from, by rising rate, then seed. */
  readonly trials: readonly RunRecord[];
  /**
   * `own seed`: on a seed that is not reported. `reported seeds`: on the seeds whose numbers are reported, as older recordings
   * did, so that the chosen rate owes a little of its lead to luck.
   */
  readonly chosenOn: 'own seed' | 'reported seeds';
  /** The highest minus the lowest mean validation AUC of a rate; undefined if fewer than two rates gave a number. */
  readonly spread: number | undefined;
}

/** The results of the choosing seed at every rate that it was run with. `runs` differ in rate alone. */
export function trialsOf(runs: readonly RunRecord[]): Trial[] {
  return runs.map((run) => ({ rate: run.learningRate, validationAuc: meanValidationAuc([run]) }));
}

/** The noise of the validation AUC of trials: see `trialError`. */
export function errorOf([first]: readonly RunRecord[]): number {
  return trialError(first.dataset.rows.validation);
}

/**
 * The procedure of older recordings: the learning rate of the best mean validation AUC, of runs that differ in rate and seed alone. A rate at which a run
 * diverged comes after those where none did; of equals the lower rate. The test part has no say. Undefined if no run
 * gave a number.
 */
export function chosenRate(runs: readonly RunRecord[]): number | undefined {
  const rates = [...new Set(runs.map((run) => run.learningRate))].map((rate) => {
    const tried = runs.filter((run) => run.learningRate === rate);
    const diverged = tried.some((run) => run.status === 'failed' && run.diverged);
    return { rate, diverged, auc: meanValidationAuc(tried) };
  });
  const [best] = rates
    .flatMap(({ auc, ...rest }) => (auc === undefined ? [] : [{ ...rest, auc }]))
    .sort((a, b) => Number(a.diverged) - Number(b.diverged) || b.auc - a.auc || a.rate - b.rate);
  return best?.rate;
}

/** The mean over completed runs; undefined if none completed. */
export function meanValidationAuc(runs: readonly RunRecord[]): number | undefined {
  const aucs = runs.flatMap((run) => (run.status === 'completed' ? [run.quality.validation.auc] : []));
  return aucs.length === 0 ? undefined : sum(aucs) / aucs.length;
}

/**
 * Runs that differ in method, options, budget, activations, gradients, seed and learning rate: those at the rate chosen, and
 * the choices. Runs with the choosing seed are trials and nothing else. Where a method has one rate, or none of several gave a
 * number, its runs are left as they are.
 */
export function atChosenRates(runs: readonly RunRecord[]): { runs: RunRecord[]; choices: RateChoice[] } {
  const groups = new Map<string, RunRecord[]>();
  for (const run of runs) groups.set(rivalry(run), [...(groups.get(rivalry(run)) ?? []), run]);
  const choices = [...groups.values()].flatMap((group) => {
    if (new Set(group.map((run) => run.learningRate)).size === 1) return [];
    // Nothing was tried at any rate.
    if (group.every(({ status }) => status === 'infeasible' || status === 'too large')) return [];
    const [{ method, options, compression }] = group;
    return [{ method, options, requested: compression.requested, ...choiceIn(sorted(group)) }];
  });
  const rateOf = new Map(choices.map((choice) => [rivalry(choice.trials[0]), choice.rate]));
  const kept = runs.filter((run) => {
    if (run.seed === choosingSeed && run.status === 'completed') return false;
    const rate = rateOf.get(rivalry(run));
    return rate === undefined || run.learningRate === rate;
  });
  return { runs: kept, choices };
}

function choiceIn(group: readonly RunRecord[]): Pick<RateChoice, 'rate' | 'trials' | 'chosenOn' | 'spread'> {
  const own = group.filter(({ seed }) => seed === choosingSeed);
  // A command that was stopped has few trials, and a recording may hold older runs at rates of its own.
  const isOwn = new Set(own.map((run) => run.learningRate)).size > 1;
  const trials = isOwn ? own : group;
  return {
    rate: isOwn ? ruledRate(trialsOf(own), errorOf(own)) : chosenRate(group),
    trials,
    chosenOn: isOwn ? 'own seed' : 'reported seeds',
    spread: spreadOf(trials),
  };
}

function spreadOf(trials: readonly RunRecord[]): number | undefined {
  const rates = [...new Set(trials.map((run) => run.learningRate))];
  const aucs = rates.flatMap(
    (rate) => meanValidationAuc(trials.filter((run) => run.learningRate === rate)) ?? [],
  );
  return aucs.length < 2 ? undefined : Math.max(...aucs) - Math.min(...aucs);
}

/** The rates that all choices were made from, rising; some may have been made from more. */
export function commonRates(choices: readonly RateChoice[]): number[] {
  const grids = choices.map(({ trials }) => new Set(trials.map((run) => run.learningRate)));
  const [first = new Set<number>()] = grids;
  return [...first].filter((rate) => grids.every((grid) => grid.has(rate))).sort((a, b) => a - b);
}

/** The same for runs that compete in their learning rate. */
function rivalry(run: RunRecord): string {
  const { activations, gradients } = approximationOf(run);
  // References of one kind differ in epochs.
  const reference = run.reference === undefined ? '' : `${run.reference} ${run.epochs}`;
  return `${reference} ${run.compression.requested} ${activations} ${gradients} ${seriesKey(run)}`;
}

function sorted(group: readonly RunRecord[]): RunRecord[] {
  return [...group].sort((a, b) => a.learningRate - b.learningRate || a.seed - b.seed);
}
