import { machineOfRun } from '../../results/hardware.ts';
import type { CompletedRun } from '../../results/record.ts';
import type { Recording } from '../../results/recording.ts';
import { settingOf } from '../comparisons/comparable.ts';
import { seriesKey } from '../comparisons/series-key.ts';
import { sampleVariance } from '../statistics/sample-variance.ts';

/** A run that several kinds of machines made with the same settings and seed. */
export interface MovedRun {
  readonly run: CompletedRun;
  /** Test AUC by machine, that of the run itself first. */
  readonly aucs: ReadonlyMap<string, number>;
  /** The largest AUC minus the smallest. */
  readonly difference: number;
  /** The noise beside it: the standard deviation of test AUC over the seeds of the same method at the same budget; undefined for one seed. */
  readonly seeds: { readonly deviation: number; readonly count: number } | undefined;
}

/** How much test AUC moves between machines by rounding alone, for each run that was made again elsewhere; the largest difference first. */
export function movedRuns({ environment, runs, checks = [] }: Recording): MovedRun[] {
  const completed = runs.filter((run) => run.status === 'completed');
  const moved = completed.flatMap((run) => {
    const again = checks.filter((check) => check.run === run.id);
    if (again.length === 0) return [];
    const aucs = new Map([
      [machineOfRun(environment, run), run.quality.auc],
      ...again.map(({ machine, quality }) => [machine, quality.auc] as const),
    ]);
    const values = [...aucs.values()];
    const difference = Math.max(...values) - Math.min(...values);
    return [{ run, aucs, difference, seeds: seedNoise(run, completed) }];
  });
  return moved.sort((a, b) => b.difference - a.difference);
}

function seedNoise(run: CompletedRun, completed: readonly CompletedRun[]): MovedRun['seeds'] {
  const alike = completed.filter((other) => likeness(other) === likeness(run));
  if (alike.length < 2) return undefined;
  const aucs = alike.map(({ quality }) => quality.auc);
  return { deviation: Math.sqrt(sampleVariance(aucs)), count: aucs.length };
}

/** Equal for runs that differ by their seed alone. */
const likeness = (run: CompletedRun) =>
  JSON.stringify([seriesKey(run), run.compression.requested, run.reference, settingOf(run)]);
