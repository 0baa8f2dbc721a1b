import type { Recording } from '../results/recording.ts';
import { type Comparison, comparisons } from './comparisons/comparable.ts';
import { seriesKey } from './comparisons/series-key.ts';
import { type ReferenceRow, referenceRows } from './references/reference-rows.ts';
import { type TestRows, testRowsOf } from './statistics/test-rows.ts';
import { highlightedKeys } from './summary/highlighted.ts';
import type { SummaryRow } from './summary/rows.ts';
import { type Series, seriesOf } from './summary/series.ts';
import { summarize } from './summary/summary.ts';
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
  readonly rankings: readonly BudgetRanking[];
}

/** The decisions about a recording: pages, tables and lines of the terminal read them here and nowhere else. */
export interface AnalyzedRecording {
  /** Every method with one choice of options, by its key; training runs and throughput records share them. */
  readonly series: ReadonlyMap<string, Series>;
  /** Undefined if no scores were kept. */
  readonly testRows: TestRows | undefined;
  readonly comparisons: readonly AnalyzedComparison[];
}

/** Throws a UserError if the runs saw different data or protocols, or were made on different hardware. */
export function analyze(recording: Recording): AnalyzedRecording {
  const { runs, throughput = [], environment } = recording;
  const groups = comparisons(recording);
  const varied = [
    ...runs.filter(({ reference }) => reference === undefined),
    ...throughput.filter((record) => record.kind === 'method'),
  ];
  const series = seriesOf(varied, highlightedIn(groups, seriesOf(varied)));
  const testRows = testRowsOf(recording);
  return {
    series,
    testRows,
    comparisons: groups.map((group) => {
      const rows = summarize(group.runs, series, testRows);
      return {
        ...{ ...group, rows, rankings: rankings(rows, testRows) },
        references: referenceRows(group, rows, testRows),
        referenceRates: group.references.rates,
        referenceMethods: new Set(environment.references),
      };
    }),
  };
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
