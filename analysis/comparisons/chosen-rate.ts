import { sum } from '../../base/sum.ts';
import { approximationOf } from './exact-training.ts';
import type { RunRecord } from '../../results/record.ts';
import { seriesKey } from './series-key.ts';

/** A method with its options at a budget, that was tried at several learning rates. */
export interface RateChoice {
  readonly method: string;
  readonly options: RunRecord['options'];
  readonly requested: number;
  /** Undefined if no trial gave a number. */
  readonly rate: number | undefined;
  /** All runs, by rising rate, then seed: what was chosen from. */
  readonly trials: readonly RunRecord[];
}

/**
 * The learning rate of the best mean validation AUC, of runs that differ in rate and seed alone. A rate at which a run
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
 * the choices. Where a method has one rate, or none of several gave a number, its runs are left as they are.
 */
export function atChosenRates(runs: readonly RunRecord[]): { runs: RunRecord[]; choices: RateChoice[] } {
  const groups = new Map<string, RunRecord[]>();
  for (const run of runs) groups.set(rivalry(run), [...(groups.get(rivalry(run)) ?? []), run]);
  const choices = [...groups.values()].flatMap((group) => {
    if (new Set(group.map((run) => run.learningRate)).size === 1) return [];
    if (group.every((run) => run.status === 'infeasible')) return [];
    const [{ method, options, compression }] = group;
    const rate = chosenRate(group);
    return [{ method, options, requested: compression.requested, rate, trials: sorted(group) }];
  });
  const rateOf = new Map(choices.map((choice) => [rivalry(choice.trials[0]), choice.rate]));
  const kept = runs.filter((run) => {
    const rate = rateOf.get(rivalry(run));
    return rate === undefined || run.learningRate === rate;
  });
  return { runs: kept, choices };
}

/** The same for runs that compete in their learning rate. */
function rivalry(run: RunRecord): string {
  const { activations, gradients } = approximationOf(run);
  return `${run.compression.requested} ${activations} ${gradients} ${seriesKey(run)}`;
}

function sorted(group: readonly RunRecord[]): RunRecord[] {
  return [...group].sort((a, b) => a.learningRate - b.learningRate || a.seed - b.seed);
}
