import type { CompletedRun, RunRecord } from './record.ts';
import { seriesKey } from './series-key.ts';

/** A method with its options at a budget, that was tried at several learning rates. */
export interface RateChoice {
  readonly method: string;
  readonly options: RunRecord['options'];
  readonly requested: number;
  /** Undefined where no trial gave a number. */
  readonly rate: number | undefined;
  /** One run at every rate, with the same seed, rates rising: what was chosen from. */
  readonly trials: readonly RunRecord[];
}

/**
 * The learning rate of the best validation AUC, of runs that differ in rate and seed alone: with the lowest seed that
 * gave a number, because the others are run at the chosen rate only. The test part has no say. Of equals the lower rate.
 */
export function chosenRate(runs: readonly RunRecord[]): number | undefined {
  const completed = runs.filter((run) => run.status === 'completed');
  const seed = Math.min(...completed.map((run) => run.seed));
  const [best] = completed.filter((run) => run.seed === seed).sort(byValidation);
  return best?.learningRate;
}

const byValidation = (a: CompletedRun, b: CompletedRun) =>
  b.quality.validation.auc - a.quality.validation.auc || a.learningRate - b.learningRate;

/**
 * Runs of one comparison that differ in method, options, budget, seed and learning rate: those at the rate chosen, and
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
    return [{ method, options, requested: compression.requested, rate, trials: trialsOf(group) }];
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
  return `${run.compression.requested} ${seriesKey(run)}`;
}

/** Of the seed that was chosen with; of the lowest where nothing could be chosen. */
function trialsOf(group: readonly RunRecord[]): RunRecord[] {
  const completed = group.filter((run) => run.status === 'completed');
  const seed = Math.min(...(completed.length > 0 ? completed : group).map((run) => run.seed));
  return group.filter((run) => run.seed === seed).sort((a, b) => a.learningRate - b.learningRate);
}
