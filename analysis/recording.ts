import type { Recording } from '../results/recording.ts';
import { type Comparison, comparisons } from './comparisons/comparable.ts';
import { seriesKey } from './comparisons/series-key.ts';
import { type Machines, machinesIn } from './machines/timed-on.ts';
import { type MovedRun, movedRuns } from './machines/moved.ts';
import { type ReferenceRow, referenceRows } from './references/reference-rows.ts';
import { assumedRowVariance } from './statistics/assumed-rows.ts';
import { testRowsKept } from './statistics/kept-covariances.ts';
import { type TestRows, testRowsOf } from './statistics/test-rows.ts';
import { highlightedKeys } from './summary/highlighted.ts';
import type { SummaryRow } from './summary/rows.ts';
import { type Series, seriesOf } from './summary/series.ts';
import { baselineRow, compressedBudgets, isCompleted } from './summary/rows.ts';
import { summarize } from './summary/summary.ts';
import { type Noise, type RowNoise, defaultMargin, noiseOf } from './verdicts/noise.ts';
import { type BudgetRanking, rankings } from './verdicts/ranking.ts';

/** Runs that may stand in one table, with their rows and who is best at each budget. */
export interface AnalyzedComparison extends Omit<Comparison, 'references'> {
  readonly rows: readonly SummaryRow[];
  /** References under settings of their own; they compete for no budget. */
  readonly references: readonly ReferenceRow[];
  /** The choices of their learning rates. */
  readonly referenceRates: Comparison['rates'];
  /** Methods among the rows that stand as references. */
  readonly referenceMethods: ReadonlySet<string>;
  readonly noise: Noise;
  readonly rankings: readonly BudgetRanking[];
}

/** The decisions about a recording: pages, tables and lines of the terminal read them here and nowhere else. */
export interface AnalyzedRecording {
  /** Every method with one choice of options, by its key; training runs and throughput records share them. */
  readonly series: ReadonlyMap<string, Series>;
  /** Undefined if neither scores nor covariances were kept. */
  readonly testRows: TestRows | undefined;
  /** The reason why kept covariances are left out; empty if they are not. */
  readonly rowNoiseProblem: string;
  /** The least difference of AUC that matters. */
  readonly margin: number;
  /** Times and speeds of all rows are those of one of them. */
  readonly machines: Machines;
  /** Runs that several machines made; empty if none was made again. */
  readonly moved: readonly MovedRun[];
  readonly comparisons: readonly AnalyzedComparison[];
}

/**
 * `asked`: the margin; that of the recording's own search if absent, and the usual one if there was none. Throws a UserError if the runs
 * saw different data or protocols, or were made on hardware that the environment does not know.
 */
export function analyze(recording: Recording, asked?: number): AnalyzedRecording {
  const { runs, throughput = [], environment } = recording;
  const margin = asked ?? environment.target?.margin ?? defaultMargin;
  const groups = comparisons(recording);
  const varied = [
    ...runs.filter(({ reference }) => reference === undefined),
    ...throughput.filter((record) => record.kind === 'method'),
  ];
  const series = seriesOf(varied, highlightedIn(groups, seriesOf(varied)));
  const { testRows, rowNoiseProblem } = knownRows(recording, groups);
  const machines = machinesIn(recording);
  const summarizing = { testRows, isTimed: machines.isTimed };
  return {
    ...{ machines, moved: movedRuns(recording) },
    series,
    testRows,
    rowNoiseProblem,
    margin,
    comparisons: groups.map((group) => {
      const rows = summarize(group.runs, series, summarizing);
      const noise = noiseAmong(rows, { testRows, assumed: assumedIn(recording, rows) });
      return {
        ...{ ...group, rows, noise, rankings: rankings(rows, noise, margin) },
        references: referenceRows(group, rows, summarizing),
        referenceRates: group.references.rates,
        referenceMethods: new Set(environment.references),
      };
    }),
  };
}

/** Scores win over covariances that were made of them. */
function knownRows(
  { scores, rowNoise }: Recording,
  groups: readonly Comparison[],
): Pick<AnalyzedRecording, 'testRows' | 'rowNoiseProblem'> {
  if (scores !== undefined || rowNoise === undefined)
    return { testRows: testRowsOf({ ...(scores && { scores }) }), rowNoiseProblem: '' };
  const judged = groups.flatMap(({ runs }) => runs.filter((run) => run.status === 'completed'));
  const known = 'problem' in rowNoise ? rowNoise : testRowsKept(rowNoise, judged);
  return 'problem' in known
    ? { testRows: undefined, rowNoiseProblem: known.problem }
    : { testRows: known, rowNoiseProblem: '' };
}

/** The noise of the rows of a comparison, pooled over its budgets. */
export function noiseAmong(rows: readonly SummaryRow[], rowNoise?: RowNoise): Noise {
  const completed = rows.filter(isCompleted);
  const budgets = compressedBudgets(completed).map((requested) =>
    completed.filter((row) => row.requested === requested),
  );
  return noiseOf(budgets, rowNoise);
}

/** The variance over test rows to assume of differences: from the baseline's AUC, or the first there is. */
export function assumedIn({ environment }: Recording, rows: readonly SummaryRow[]): number | undefined {
  const { data } = environment;
  const row = baselineRow(rows) ?? rows.find(isCompleted);
  const rate = data && clickRateOf(data.facts);
  if (data === undefined || row === undefined || rate === undefined) return undefined;
  return assumedRowVariance(row.estimates.auc.value, data.rows.test, rate);
}

/** The share of clicks among test rows; undefined if the facts of the data do not have it. */
function clickRateOf({ clickRate }: Readonly<Record<string, unknown>>): number | undefined {
  const rate = (clickRate as Readonly<Record<string, unknown>> | undefined)?.test;
  return typeof rate === 'number' ? rate : undefined;
}

/** The series that charts highlight in any of the comparisons; undefined if they can name all. */
function highlightedIn(
  groups: readonly Comparison[],
  series: ReadonlyMap<string, Series>,
): ReadonlySet<string> | undefined {
  const found = groups.map(({ runs }) => ({ runs, keys: highlightedKeys(summarize(runs, series)) }));
  if (found.every(({ keys }) => keys === undefined)) return undefined;
  return new Set(found.flatMap(({ runs, keys }) => [...(keys ?? runs.map(seriesKey))]));
}
