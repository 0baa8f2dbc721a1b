import { atChosenRates, meanValidationAuc } from '../analysis/comparisons/chosen-rate.ts';
import { baseline } from '../analysis/comparisons/comparable.ts';
import { seriesKey } from '../analysis/comparisons/series-key.ts';
import { canonicalJson } from '../base/canonical-json.ts';
import { parseOptions } from '../base/parse-options.ts';
import { countedFullBytes } from '../results/counted-bytes.ts';
import type { CompletedRun, RunRecord } from '../results/record.ts';
import { findMethod } from './find-method.ts';
import { expand, type Job } from './job.ts';
import type { ComparisonSettings, MethodSettings, TargetSettings } from './settings.ts';

/**
 * The search for the largest compression of each method that costs at most the margin. Ratios are halved on a logarithmic scale. The
 * direction is chosen on validation: test rows, on which verdicts are made, have no say in which ratios are tried.
 */

/** A ratio that a method was asked for. */
export interface Tried {
  readonly ratio: number;
  /** True if the mean validation AUC is at most the margin below that of the uncompressed tables. */
  readonly passes: boolean;
  /** The largest ratio that the method can make, if this one was beyond it: nothing was trained. */
  readonly possible?: number;
  /** Bytes of memory that training at this ratio would take, if there are fewer: nothing was trained. */
  readonly neededBytes?: number;
}

/** Significant digits of the ratios that are tried. */
const digits = 3;

/**
 * The next ratio to try; undefined if all steps are made, or no ratio is left between the last ones. A run that did not fit the
 * memory might at a larger ratio: as far as larger ratios have taken less.
 */
export function nextRatio(
  tried: readonly Tried[],
  { least, most, steps }: Omit<TargetSettings, 'margin'>,
): number | undefined {
  const inBudget = tried.filter(({ possible }) => possible === undefined);
  const trained = inBudget.filter(({ neededBytes }) => neededBytes === undefined);
  const tooLarge = inBudget.filter(({ neededBytes }) => neededBytes !== undefined);
  if (inBudget.length >= steps || !needLessAtLargerRatios(tooLarge)) return undefined;
  const known = new Set(tried.map(({ ratio }) => ratio));
  const passing = [...trained.filter(({ passes }) => passes), ...tooLarge];
  const low = Math.max(least, ...passing.map(({ ratio }) => ratio));
  const high = Math.min(most, ...trained.filter(({ passes }) => !passes).map(({ ratio }) => ratio));
  const ceiling = roundedDown(Math.min(...tried.map(({ possible }) => possible ?? Infinity)));
  if (low >= Math.min(high, ceiling)) return undefined;
  // Beyond the largest ratio that a method can make there is nothing to halve towards: it is tried itself.
  if (ceiling < high && !known.has(ceiling)) return ceiling;
  const middle = Number(Math.sqrt(low * Math.min(high, ceiling)).toPrecision(digits));
  return middle > low && middle < high && !known.has(middle) ? middle : undefined;
}

/** False if the largest of several ratios takes as much memory as another one: what is held does not depend on the ratio. */
function needLessAtLargerRatios(tooLarge: readonly Tried[]): boolean {
  const needed = tooLarge.toSorted((a, b) => a.ratio - b.ratio).map(({ neededBytes }) => neededBytes!);
  return needed.length < 2 || needed.at(-1)! < 0.95 * needed[0];
}

/** The ratio that every search begins with. */
export function firstRatio(target: TargetSettings): number {
  return nextRatio([], target)!;
}

function roundedDown(ratio: number): number {
  if (!Number.isFinite(ratio)) return ratio;
  const scale = 10 ** (digits - 1 - Math.floor(Math.log10(ratio)));
  return Math.floor(ratio * scale) / scale;
}

/** The methods of the comparison that have a compression to search for. */
export function searched({ methods }: Pick<ComparisonSettings, 'methods'>): MethodSettings[] {
  const found = methods.filter(({ name }) => {
    const { name: canonical, ignoresIds } = findMethod(name);
    return canonical !== baseline && !ignoresIds;
  });
  return [...new Map(found.map((one) => [keyOf(one), one])).values()];
}

/** The jobs of the ratios that are next, one ratio for each method; none if all searches have ended. */
export function nextJobs(
  settings: ComparisonSettings,
  target: TargetSettings,
  records: readonly RunRecord[],
  dataFingerprint: string,
): Job[] {
  const { runs } = atChosenRates(records.filter(({ reference }) => reference === undefined));
  const full = runs.filter((run) => run.method === baseline && run.status === 'completed') as CompletedRun[];
  if (full.length === 0) return []; // there is nothing to compare with
  return searched(settings).flatMap((method) => {
    const own = runs.filter((run) => seriesKey(run) === keyOf(method));
    const ratio = nextRatio(triedOf(own, full, target.margin), target);
    if (ratio === undefined) return [];
    return expand(
      { ...settings, methods: [method], compressions: [ratio], baseline: false },
      dataFingerprint,
    );
  });
}

/** The ratios that a method was tried at. Runs that failed have no AUC: the ratio does not pass. */
export function triedOf(runs: readonly RunRecord[], full: readonly CompletedRun[], margin: number): Tried[] {
  const ratios = [...new Set(runs.map(({ compression }) => compression.requested))];
  return ratios.map((ratio) => {
    const at = runs.filter(({ compression }) => compression.requested === ratio);
    const auc = meanValidationAuc(at);
    // A seed on which one of them failed would tell seeds apart, not ratios.
    const goal = meanValidationAuc(full.filter(({ seed }) => at.some((run) => run.seed === seed && run.status === 'completed'))); // prettier-ignore
    const passes = auc !== undefined && goal !== undefined && auc >= goal - margin;
    const [first] = at;
    if (first.status === 'too large') return { ratio, passes: false, neededBytes: first.neededBytes };
    if (first.status !== 'infeasible') return { ratio, passes };
    // Without the size of the uncompressed tables the ratio itself is all that is known.
    const possible = full.length > 0 ? countedFullBytes(full[0]) / first.smallestBytes : ratio;
    return { ratio, passes: false, possible };
  });
}

/** The key of a method's series, by the options that its runs record. */
function keyOf({ name, options }: MethodSettings): string {
  const method = findMethod(name);
  return `${method.name} ${canonicalJson(parseOptions(method, options))}`;
}
