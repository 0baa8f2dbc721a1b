import { analyze, type AnalyzedComparison } from '../analysis/recording.ts';
import { againstLinear } from '../analysis/references/against-linear.ts';
import type { TestRows } from '../analysis/statistics/test-rows.ts';
import { costNames, costs } from '../analysis/summary/costs.ts';
import { metricNames, metrics } from '../analysis/summary/metrics.ts';
import { rowVerdict, standingOf } from '../analysis/verdicts/ranking.ts';
import { choiceOf, rateResults } from '../analysis/summary/rate-trials.ts';
import { type SummaryRow, changeFromFull, isBaseline, isCompleted } from '../analysis/summary/rows.ts';
import type { Recording } from '../results/recording.ts';

/**
 * A recording's numbers as JSON: a row for each method and budget with its metrics and costs, references apart, the choices of learning
 * rates. `better` has the direction of every quantity, `margin` the difference that counts as none. AUC and shares are from 0 to 1, sizes bytes, times seconds, speeds per second.
 */
export function summaryJson(recording: Recording, among?: number) {
  const { comparisons, testRows, margin } = analyze(recording, among);
  return {
    recording: recording.environment.recording,
    margin,
    data: recording.environment.data,
    better: {
      ...Object.fromEntries(metricNames.map((name) => [name, metrics[name].better])),
      ...Object.fromEntries(costNames.map((name) => [name, costs[name].better])),
    },
    comparisons: comparisons.map((comparison) => comparisonJson(comparison, testRows)),
  };
}

function comparisonJson(comparison: AnalyzedComparison, testRows: TestRows | undefined) {
  const { setting, rows, references, referenceMethods } = comparison;
  return {
    setting,
    rows: rows.map((row) => ({
      ...rowJson(row, comparison.rates),
      reference: isBaseline(row) || referenceMethods.has(row.series.method),
      ...verdictJson(row, comparison),
      againstLinear: againstJson(row, comparison, testRows),
    })),
    references: references.map(({ kind, row, budget }) => ({
      kind,
      ...rowJson(row, comparison.referenceRates),
      model: row.runs[0].model,
      epochs: row.runs[0].epochs,
      budgetBytes: Number.isFinite(budget) ? budget : null,
    })),
  };
}

function rowJson(row: SummaryRow, rates: AnalyzedComparison['rates']) {
  const { series, requested, status } = row;
  const common = { label: series.label, method: series.method, options: series.options, requested, status };
  if (!isCompleted(row)) return { ...common, error: row.error, smallestBytes: row.smallestBytes };
  const choice = choiceOf(row, rates);
  return {
    ...common,
    achieved: row.achieved,
    seeds: row.runs.map(({ seed }) => seed),
    metrics: row.estimates,
    costs: row.costs,
    change: changeFromFull(row),
    learningRate: row.runs[0].learningRate,
    ...(choice && {
      choice: { chosenOn: choice.chosenOn, spread: choice.spread, trials: rateResults(choice) },
    }),
  };
}

/** The verdict at the row's budget; absent for a row that competes for none. `bound`: the most that it is below the best. */
function verdictJson(row: SummaryRow, { rankings }: AnalyzedComparison) {
  const standing = standingOf(row, rankings);
  if (standing === undefined || !isCompleted(row)) return {};
  const ranking = rankings.find(({ standings }) => standings.has(row))!;
  return {
    verdict: rowVerdict(row, rankings),
    worseByMargin: standing.byMargin,
    withinMargin: standing.within,
    belowLeader: standing.gap,
    bound: ranking.bound(row),
    places: ranking.places(row),
  };
}

function againstJson(row: SummaryRow, comparison: AnalyzedComparison, testRows: TestRows | undefined) {
  const against = isCompleted(row) ? againstLinear(row, comparison, testRows) : undefined;
  return against && { difference: against.difference, standing: against.standing };
}
