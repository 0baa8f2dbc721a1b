import { canonicalJson } from '../../base/canonical-json.ts';
import type { Recording } from '../../results/recording.ts';
import { isExact } from '../comparisons/exact-training.ts';
import type { AnalyzedComparison } from '../recording.ts';
import { halfWidth } from '../statistics/difference-tail.ts';
import { type CompletedRow, baselineRow, bestPossible, compressedBudgets, isBaseline, isCompleted } from '../summary/rows.ts'; // prettier-ignore
import type { Noise } from '../verdicts/noise.ts';
import { alpha } from '../verdicts/judge.ts';
import type { ClaimState, PaperClaim, TestedState } from './claim.ts';
import { metricNoise } from './metric-noise.ts';
import { type MissedRatio, fairState, missedRatios } from './reached-ratio.ts';

/** The difference at one budget that a claim is about: better is positive. */
export interface ClaimInterval {
  readonly requested: number;
  readonly value: number;
  /** Half-width; the intervals of all budgets of the claim hold together in 95 % of cases. */
  readonly error: number;
  readonly count: number;
  readonly state: TestedState;
}

/** The answer of one comparison to a claim. */
export interface ClaimEvidence {
  readonly claim: PaperClaim;
  readonly state: ClaimState;
  /** The reason why it is not tested; empty otherwise. */
  readonly reason: string;
  /** Empty if it is not tested. */
  readonly intervals: readonly ClaimInterval[];
  /** The conditions in which the test departs from the paper: fewer rows, another split. Empty if it is not tested. */
  readonly departures: readonly Departure[];
}

/**
 * `sample`: training rows of the recording, and rows of the log that the paper trained on a part of. `without`: budgets of the claim at
 * which one of the two has no number: infeasible, too large or failed. `ratio`: a layer that misses the ratios of the claim.
 */
export type Departure =
  | { readonly kind: 'sample'; readonly rows: number; readonly of: number }
  | { readonly kind: 'epochs'; readonly here: number; readonly paper: number }
  | { readonly kind: 'without'; readonly ratios: readonly number[] }
  | ({ readonly kind: 'ratio' } & MissedRatio)
  | { readonly kind: 'split'; readonly here: string; readonly paper: string }
  | { readonly kind: 'data' | 'model'; readonly here: string; readonly paper: string };

/** The rows, setting and noise that a claim is tested on. */
export type TestedComparison = Pick<AnalyzedComparison, 'rows' | 'setting' | 'noise'>;

/**
 * Tests a claim on one comparison. Each claim has its own 95 %: claims are not corrected for one another, since each is a question that
 * was asked before. The budgets of one claim share the 5 %: it is refuted where one of them refutes it (all of them, if the claim is about
 * their mean), and held where all hold: a budget without a number holds nothing, and one whose layers miss the claim's ratios says only
 * what fairState allows. Generated clicks test no claim.
 */
export function evidenceFor(
  claim: PaperClaim,
  comparison: TestedComparison,
  { environment }: Pick<Recording, 'environment'>,
): ClaimEvidence {
  const { data } = environment;
  const untested = (reason: string): ClaimEvidence => ({
    ...{ claim, state: 'not tested', reason, intervals: [], departures: [] },
  });
  const { metric } = claim;
  if (claim.untestable !== undefined) return untested(`method: ${claim.untestable}`);
  if (metric === 'other') return untested('metric: the records do not have it');
  if (data === undefined) return untested('data: nothing was trained');
  if (!includes(claim.data.datasets, data.name)) return untested(`data: ${data.name}, the paper's is ${claim.data.name}`); // prettier-ignore
  const completed = comparison.rows.filter(isCompleted);
  if (bestPossible(completed) !== undefined) return untested(`data: ${data.name} is generated`);
  const { model } = comparison.setting;
  if (!includes(claim.model.models, model)) return untested(`model: ${model}, the paper's is ${claim.model.name}`); // prettier-ignore
  if (!isExact(comparison.setting)) return untested('training: with approximations of its own');
  const pairs = pairsOf(claim, comparison.rows, environment.methods);
  if (typeof pairs === 'string') return untested(pairs);
  const noise = metricNoise(completed, metric, { auc: comparison.noise, testRows: data.rows.test });
  const intervals = pairs.map(([, row, against]) => intervalAt(claim, [row, against], noise, pairs.length));
  if (intervals.some((one) => one === undefined)) return untested('seeds: fewer than three in common');
  const known = intervals as readonly ClaimInterval[];
  const without = budgetsOfClaim(claim, comparison.rows).filter((one) => pairs.every(([requested]) => requested !== one)); // prettier-ignore
  const departures = [
    ...departuresOf(claim, data, comparison.setting),
    ...(without.length === 0 ? [] : [{ kind: 'without' as const, ratios: without }]),
    ...pairs.flatMap(([, ...pair]) => missedRatios(claim.ratios, pair)).map((one) => ({ kind: 'ratio' as const, ...one })), // prettier-ignore
  ];
  return { claim, state: togetherOf(claim, known, without.length), reason: '', intervals: known, departures }; // prettier-ignore
}

function includes(names: 'any' | readonly string[], name: string): boolean {
  return names === 'any' || names.includes(name);
}

/** The method and what it is compared with, at every budget of the claim; the reason if there is none. */
function pairsOf(
  claim: PaperClaim,
  rows: TestedComparison['rows'],
  methods: Recording['environment']['methods'],
): (readonly [requested: number, row: CompletedRow, against: CompletedRow])[] | string {
  const { method, against } = claim;
  const completed = rows.filter(isCompleted);
  const seriesOf = (name: string) => {
    const series = [...new Map(completed.filter((row) => row.series.method === name).map(({ series }) => [series.key, series])).values()]; // prettier-ignore
    const defaults = methods?.[name]?.defaults;
    // The paper's defaults decide among variants, and never their test scores.
    return series.length < 2
      ? series[0]
      : series.find(({ options }) => defaults !== undefined && hasDefaults(options, defaults));
  };
  const named = (name: string) => rows.some(({ series }) => series.method === name);
  for (const name of [method, against]) if (!named(name)) return `method: ${name} is not in the recording`;
  const budgets = budgetsOfClaim(claim, rows);
  if (budgets.length === 0) return 'ratio: no budget of the recording is within the claim';
  const [one, other] = [seriesOf(method), seriesOf(against)];
  if (one === undefined || other === undefined) return 'variant: no run with default options completed';
  const pairs = budgets.flatMap((requested): (readonly [number, CompletedRow, CompletedRow])[] => {
    const at = (series: typeof one) =>
      isBaseline({ series })
        ? baselineRow(completed)
        : completed.find((row) => row.series === series && row.requested === requested);
    const [row, than] = [at(one), at(other)];
    return row === undefined || than === undefined ? [] : [[requested, row, than]];
  });
  return pairs.length === 0 ? 'ratio: no run at a budget of the claim completed' : pairs;
}

/** Budgets of the recording that the claim is about. */
function budgetsOfClaim({ ratios }: PaperClaim, rows: TestedComparison['rows']): number[] {
  return compressedBudgets(rows).filter((one) => one >= ratios.from && one <= ratios.to);
}

function hasDefaults(
  options: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(defaults).every(([name, value]) => canonicalJson(options[name]) === canonicalJson(value)); // prettier-ignore
}

function intervalAt(
  claim: PaperClaim,
  [row, against]: readonly [CompletedRow, CompletedRow],
  noise: Noise,
  budgets: number,
): ClaimInterval | undefined {
  const difference = noise.between(row, against);
  if (difference === undefined) return undefined;
  const { value, count } = difference;
  const error = halfWidth(alpha / (2 * budgets), difference);
  return {
    requested: row.requested,
    value,
    error,
    count,
    state: fairState(stateOf(claim, value - error, value + error), claim.ratios, [row, against]),
  };
}

/**
 * The state of a claim by the interval of the difference. A loss of at most `size`: held if the interval is above -size, refuted if it is
 * below. A gain of `size`: held if the interval is above zero and reaches the size, refuted if it is below the size.
 */
export function stateOf(
  { direction, size }: Pick<PaperClaim, 'direction' | 'size'>,
  low: number,
  high: number,
): TestedState {
  const limit = direction === 'gain' ? size : -size;
  if (high < limit) return 'refuted';
  return low > Math.min(limit, 0) ? 'held' : 'undecided';
}

function togetherOf({ over }: PaperClaim, intervals: readonly ClaimInterval[], without: number): ClaimState {
  const refuting = intervals.filter(({ state }) => state === 'refuted').length;
  if (without === 0 && intervals.every(({ state }) => state === 'held')) return 'held';
  return refuting >= (over === 'mean' ? intervals.length : 1) ? 'refuted' : 'undecided';
}

function departuresOf(
  { data, model, epochs }: PaperClaim,
  here: { readonly name: string; readonly protocol: string; readonly rows: { readonly train: number; readonly validation: number; readonly test: number } }, // prettier-ignore
  setting: TestedComparison['setting'],
): Departure[] {
  const rows = here.rows.train + here.rows.validation + here.rows.test;
  const departures: Departure[] = [];
  if (data.datasets === 'any') departures.push({ kind: 'data', here: here.name, paper: data.name });
  if (data.rows !== undefined && rows < 0.99 * data.rows)
    departures.push({ kind: 'sample', rows, of: data.rows });
  if (data.protocol !== undefined && data.protocol !== here.protocol)
    departures.push({ kind: 'split', here: here.protocol, paper: data.protocol });
  if (epochs !== undefined && epochs !== setting.epochs)
    departures.push({ kind: 'epochs', here: setting.epochs, paper: epochs });
  if (model.models === 'any') departures.push({ kind: 'model', here: setting.model, paper: model.name });
  return departures;
}
