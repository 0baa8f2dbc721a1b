import { analyze, type AnalyzedComparison } from '../analysis/recording.ts';
import type { RateChoice } from '../analysis/comparisons/chosen-rate.ts';
import { type AgainstLinear, againstLinear } from '../analysis/references/against-linear.ts';
import { costNames, costs } from '../analysis/summary/costs.ts';
import { metricNames, metrics } from '../analysis/summary/metrics.ts';
import { choiceOf, rateResults } from '../analysis/summary/rate-trials.ts';
import { secondsSaved, sharedTrainings } from '../analysis/summary/shared-trainings.ts';
import { type SummaryRow, changeFromFull, isBaseline, isCompleted } from '../analysis/summary/rows.ts';
import { type FreeCompression, freeCompressions } from '../analysis/targets/free-compression.ts';
import type { CompletedRun } from '../results/record.ts';
import type { Recording } from '../results/recording.ts';
import { standingJson } from './standing-json.ts';

/**
 * A recording's numbers as JSON: a row for each method and budget with its metrics and costs, references apart, the choices of learning
 * rates, the trainings that several runs shared. `better` has the direction of every quantity. AUC and shares are from 0 to 1, sizes bytes, times seconds, speeds per second; all of
 * one machine, which `machines` names where several made the runs.
 */
export function summaryJson(recording: Recording, margin?: number) {
  const { comparisons, margin: used, rowNoiseProblem, machines, moved } = analyze(recording, margin);
  return {
    recording: recording.environment.recording,
    data: recording.environment.data,
    margin: used,
    rowNoiseProblem,
    better: {
      ...Object.fromEntries(metricNames.map((name) => [name, metrics[name].better])),
      ...Object.fromEntries(costNames.map((name) => [name, costs[name].better])),
    },
    ...(recording.environment.target && {
      target: recording.environment.target,
      free: comparisons.map(({ setting, rows, noise }) => ({
        setting,
        methods: freeCompressions(rows, used, noise.rows).map(freeJson),
      })),
    }),
    ...(machines.runsOf.size > 1 && {
      machines: {
        runs: Object.fromEntries(machines.runsOf),
        speedsOf: machines.timed,
        moved: moved.map(({ run, aucs, difference, seeds }) => ({
          ...{ run: run.id, auc: Object.fromEntries(aucs), difference, seeds: seeds ?? null },
        })),
      },
    }),
    comparisons: comparisons.map((comparison) => comparisonJson(comparison, used)),
    shared: sharedJson(recording),
  };
}

/** The compression that is free for a method: ratios of full to serving bytes. */
function freeJson({ series, estimate, open, shown, costly, infeasible, most, tried }: FreeCompression) {
  return {
    ...{ method: series.method, options: series.options, estimate, open, shown },
    ...{ costly: costly ?? null, infeasible, most: most ?? null },
    tried: tried.map(({ row, verdict, gap }) => ({
      ...{
        compression: row.achieved,
        requested: row.requested,
        verdict,
        difference: gap.value,
        error: gap.error ?? null,
      },
    })),
  };
}

/** Trainings that several runs began with: who trained them, who did not have to, and the seconds that this saved. */
function sharedJson({ runs }: Recording) {
  const named = ({ id, method, compression, seed, learningRate }: CompletedRun) => ({
    ...{ id, method, compression: compression.requested, seed, learningRate },
  });
  const trainings = sharedTrainings(runs);
  return {
    secondsSaved: secondsSaved(trainings),
    trainings: trainings.map(({ run, by, seconds, sharers }) => ({
      trainedBy: by ? named(by) : { id: run },
      seconds,
      sharedBy: sharers.map(named),
    })),
  };
}

function comparisonJson(comparison: AnalyzedComparison, margin: number) {
  const { setting, rows, references, referenceMethods, noise } = comparison;
  const against = againstLinear(comparison, margin);
  return {
    setting,
    rowNoise: noise.source,
    rows: rows.map((row) => ({
      ...rowJson(row, choiceOf(row, comparison.rates)),
      reference: isBaseline(row) || referenceMethods.has(row.series.method),
      ...verdictJson(row, comparison),
      againstLinear: againstJson(against.get(row)),
    })),
    references: references.map(({ kind, row, budget }) => ({
      kind,
      ...rowJson(row, choiceOfReference(row, comparison.referenceRates)),
      model: row.runs[0].model,
      epochs: row.runs[0].epochs,
      budgetBytes: Number.isFinite(budget) ? budget : null,
    })),
  };
}

/** The choice of a reference, whose series has a key of its own. */
function choiceOfReference(row: SummaryRow, rates: readonly RateChoice[]): RateChoice | undefined {
  const [{ reference, method }] = row.runs;
  return rates.find(
    ({ requested, trials: [trial] }) =>
      requested === row.requested && trial.reference === reference && trial.method === method,
  );
}

function rowJson(row: SummaryRow, choice: RateChoice | undefined) {
  const { series, requested, status } = row;
  const common = { label: series.label, method: series.method, options: series.options, requested, status };
  if (!isCompleted(row))
    return { ...common, error: row.error, smallestBytes: row.smallestBytes, ...row.memory };
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

/** The verdict at the row's budget; nothing for a row that competes for none. */
function verdictJson(row: SummaryRow, { rankings }: AnalyzedComparison) {
  const ranking = rankings.find(({ standings }) => standings.has(row));
  return ranking && isCompleted(row) ? standingJson(row, ranking) : {};
}

function againstJson(against: AgainstLinear | undefined) {
  return against && { verdict: against.verdict, gap: against.gap };
}
