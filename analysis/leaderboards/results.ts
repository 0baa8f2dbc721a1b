import type { Setting } from '../comparisons/comparable.ts';
import { type AnalyzedComparison, analyze } from '../recording.ts';
import { type CompletedRow, type SummaryRow, budgetsOf, isCompleted } from '../summary/rows.ts';
import { badgeOf, rowVerdict } from '../verdicts/ranking.ts';
import type { Published, SameData } from './same-data.ts';

/** The result of one method with its options at one budget, in one recording. */
export interface Result {
  readonly published: Published;
  /** Position of its setting in `DataResults.settings`. */
  readonly setting: number;
  readonly row: SummaryRow;
  /**
   * The row's distinction within its recording and setting, whose runs are paired by seed. Undefined for worse rows, and
   * for rows without a verdict.
   */
  readonly badge: 'best' | 'highest' | 'equivalent' | 'undecided' | undefined;
}

/** A comparison of a recording. */
export interface JudgedComparison {
  readonly published: Published;
  readonly comparison: AnalyzedComparison;
}

/** Recordings of the same data with all their results. */
export interface DataResults extends SameData {
  /** The comparisons of all recordings, in the order of time. */
  readonly comparisons: readonly JudgedComparison[];
  /** Recordings in the order of time. */
  readonly results: readonly Result[];
  /** The setting of every comparison of every recording. */
  readonly settings: readonly Setting[];
}

export function withResults(same: SameData, margin?: number): DataResults {
  const groups = same.published.flatMap((published) => {
    const { comparisons } = analyze(published.recording, margin);
    return comparisons.map((comparison) => ({ published, comparison }));
  });
  const results = groups.flatMap(({ published, comparison: { rows, rankings } }, setting) =>
    rows.map((row) => {
      const judged = rowVerdict(row, rankings) !== 'unjudged';
      return { published, setting, row, badge: judged ? badgeOf(row, rankings) : undefined };
    }),
  );
  return {
    ...same,
    comparisons: groups,
    results,
    settings: groups.map(({ comparison }) => comparison.setting),
  };
}

/** A result with a number. */
export type RankedResult = Result & { readonly row: CompletedRow };

/** The results of all recordings at one budget. */
export interface Leaderboard {
  readonly requested: number;
  /** The highest AUC first; recordings differ in seeds and settings, so only badges compare rows. */
  readonly ranked: readonly RankedResult[];
  readonly missing: readonly Result[];
}

/** One leaderboard per budget, budgets rising. */
export function leaderboards(results: readonly Result[]): Leaderboard[] {
  return budgetsOf(results.map(({ row }) => row))
    .sort((a, b) => a - b)
    .map((requested) => {
      const members = results.filter(({ row }) => row.requested === requested);
      const ranked = members
        .flatMap((result) => (isCompleted(result.row) ? [{ ...result, row: result.row }] : []))
        .sort((a, b) => b.row.estimates.auc.value - a.row.estimates.auc.value);
      return { requested, ranked, missing: members.filter(({ row }) => !isCompleted(row)) };
    });
}
