import { sampleVariance } from '../../../analysis/statistics/sample-variance.ts';
import { studentQuantile } from '../../../analysis/statistics/student-t.ts';
import type { RunRecord } from '../../../results/record.ts';
import { findMethod } from '../../../suites/find-method.ts';
import type { MeasuredForm } from './measured-forms.ts';

/** AUC by seed of the runs of a method with these options beyond its defaults. */
function scoresOf(runs: readonly RunRecord[], form: MeasuredForm, set: readonly string[], ratio: number) {
  const method = findMethod(form.method);
  const wanted = JSON.stringify(method.options.parse(typed(set)));
  const own = runs.filter(
    (run) =>
      run.status === 'completed' &&
      run.method === form.method &&
      run.compression.requested === ratio &&
      JSON.stringify(method.options.parse(run.options)) === wanted,
  );
  return new Map(
    own.flatMap((run) => (run.status === 'completed' ? [[run.seed, run.quality.auc] as const] : [])),
  );
}

/** Options of a command line as the schema wants them. */
function typed(set: readonly string[]): Record<string, unknown> {
  const value = (text: string) => {
    if (text === 'true' || text === 'false') return text === 'true';
    return Number.isFinite(Number(text)) ? Number(text) : text;
  };
  return Object.fromEntries(
    set.map((option) => {
      const [name, text] = option.split('=');
      return [name, value(text)];
    }),
  );
}

/**
 * The change of test AUC from the default form to the other one, `+0.0001 ± 0.0022 at 16x`: the mean over seeds that both have, with the
 * 95 % interval of Student's t. The texts of departures hold it.
 */
function effectAt(runs: readonly RunRecord[], form: MeasuredForm, ratio: number): string {
  const [ours, theirs] = [[], form.options].map((set) => scoresOf(runs, form, set, ratio));
  const differences = [...theirs].flatMap(([seed, auc]) => (ours.has(seed) ? [auc - ours.get(seed)!] : []));
  if (differences.length < 2) return `none at ${ratio}x`;
  const n = differences.length;
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / n;
  const halfWidth = studentQuantile(0.975, n - 1) * Math.sqrt(sampleVariance(differences) / n);
  return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(4)} ± ${halfWidth.toFixed(4)} at ${ratio}x`;
}

/** The effects of a departure at its budgets, as the text of a departure has them. */
export function effectText(runs: readonly RunRecord[], form: MeasuredForm): string {
  return form.compression.map((ratio) => effectAt(runs, form, ratio)).join(', ');
}
