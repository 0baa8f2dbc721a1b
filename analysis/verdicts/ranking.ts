import type { Estimate } from '../statistics/estimates.ts';
import { type CompletedRow, type MissingRow, type SummaryRow, baselineRow, compressedBudgets, isCompleted } from '../summary/rows.ts'; // prettier-ignore
import { type AgainstNamed, againstNamed } from './against.ts';
import { bareGap } from './bare-gap.ts';
import { type MethodJudgement, boundOf, judgeMethods, pairWidth, placesOf, testLevel } from './judge.ts';
import type { Noise } from './noise.ts';

/**
 * `best`: better than all others. `equivalent`: shown to be at most the margin below the best, whichever that is. `worse`: shown
 * to be below the best. `undecided`: neither was shown. `unjudged`: fewer than three seeds.
 */
export type Verdict = 'best' | 'equivalent' | 'worse' | 'undecided' | 'unjudged';

export interface Standing {
  readonly verdict: Verdict;
  /** Shown to be below the best by more than the margin. */
  readonly byMargin: boolean;
  /** Shown to be at most the margin below the best; a worse row may be that too. */
  readonly within: boolean;
  /** AUC of the leader minus the row's; its interval holds for all pairs at once. Undefined without a common seed. */
  readonly gap: Estimate | undefined;
}

/** The rows that compete for a budget. */
export interface Ranking {
  /** The highest mean AUC of those that are not shown to be worse. Undefined if no row has a number. */
  readonly leader: CompletedRow | undefined;
  /** All others with a number, the highest AUC first. */
  readonly rivals: readonly CompletedRow[];
  /** Rows without a number: infeasible, too large, failed. */
  readonly missing: readonly SummaryRow[];
  readonly standings: ReadonlyMap<SummaryRow, Standing>;
  /** The verdicts on every row against the uncompressed tables; empty if there are none. */
  readonly toFull: ReadonlyMap<SummaryRow, AgainstNamed>;
  readonly margin: number;
  readonly noise: Noise;
  /** The most that a row is below the best, true for all rows at once; undefined if it is not judged. */
  readonly bound: (row: CompletedRow) => number | undefined;
  /** The places that a row may have, true for all rows at once. */
  readonly places: (row: CompletedRow) => { readonly from: number; readonly to: number } | undefined;
}

/** The ranking of a budget that methods were asked for. */
export interface BudgetRanking extends Ranking {
  readonly requested: number;
}

/** The verdict on a row at its budget; empty for a row that is not ranked, such as the baseline's. */
export type RowVerdict = '' | Verdict | MissingRow['status'];

/** A verdict in one word, as attributes of a page have it. */
export const standingName = (verdict: RowVerdict): string => verdict.replace(' ', '-');

export function rowVerdict(row: SummaryRow, rankings: readonly Ranking[]): RowVerdict {
  if (!isCompleted(row)) return row.status;
  return standingOf(row, rankings)?.verdict ?? '';
}

export function standingOf(row: SummaryRow, rankings: readonly Ranking[]): Standing | undefined {
  return rankings.find(({ standings }) => standings.has(row))?.standings.get(row);
}

export function isLeader(row: SummaryRow, rankings: readonly Ranking[]): boolean {
  return rankings.some(({ leader }) => leader === row);
}

/** The leader's rivals with a verdict, the highest AUC first. */
export function rivalsThatAre(verdict: Verdict, { rivals, standings }: Ranking): CompletedRow[] {
  return rivals.filter((row) => standings.get(row)!.verdict === verdict);
}

/** Rows without a verdict, the highest AUC first, where others have one: nothing that is said of the best is said of these. */
export function notCompared({ leader, rivals, standings }: Ranking): CompletedRow[] {
  const all = leader === undefined ? [] : [leader, ...rivals];
  const without = all.filter((row) => standings.get(row)!.verdict === 'unjudged');
  return without.length === all.length ? [] : without;
}

/** The leader and all rivals that are not shown to be worse, the highest AUC first. */
export function notWorse({ leader, rivals, standings }: Ranking): CompletedRow[] {
  const all = leader === undefined ? [] : [leader, ...rivals];
  return all.filter((row) => standings.get(row)!.verdict !== 'worse');
}

/**
 * The distinction of a row: `best`, or `highest` for a leader that is not shown to be it; `equivalent` or `undecided` for
 * others. Undefined for worse and unjudged rows, and where there are no two rows to rank.
 */
export function badgeOf(
  row: SummaryRow,
  rankings: readonly Ranking[],
): 'best' | 'highest' | 'equivalent' | 'undecided' | undefined {
  const ranking = rankings.find(({ standings }) => standings.has(row));
  if (ranking === undefined || ranking.rivals.length === 0) return undefined;
  const { verdict } = ranking.standings.get(row)!;
  if (ranking.leader === row) return verdict === 'best' ? 'best' : 'highest';
  return verdict === 'equivalent' || verdict === 'undecided' ? verdict : undefined;
}

/** One ranking per budget above 1x. */
export function rankings(rows: readonly SummaryRow[], noise: Noise, margin: number): BudgetRanking[] {
  const full = baselineRow(rows);
  return compressedBudgets(rows).map((requested) => ({
    requested,
    ...rankingAmong(
      rows.filter((row) => row.requested === requested),
      { noise, margin, full },
    ),
  }));
}

/** Ranks rows that compete for a budget, one per series. They come with the best AUC first. */
export function rankingAmong(
  rows: readonly SummaryRow[],
  context: { readonly noise: Noise; readonly margin: number; readonly full: CompletedRow | undefined },
): Ranking {
  const { noise, margin, full } = context;
  const completed = rows.filter(isCompleted);
  const judged = judgeable(completed, noise);
  const differences = (i: number, j: number) => noise.between(judged[i], judged[j]);
  const count = judged.length;
  const statements = judgeMethods(count, differences, margin);
  const found = completed.map((row) => ({ row, ...shownOf(statements[judged.indexOf(row)], count) }));
  // A method that lacks seeds may have the highest mean by the luck of those it has, and be worse than others in these.
  const leader = (found.find(({ verdict }) => verdict !== 'worse') ?? found.at(0))?.row;
  const rivals = completed.filter((row) => row !== leader);
  const isBest =
    count > 1 &&
    count === completed.length &&
    found.every(({ row, verdict }) => row === leader || verdict === 'worse');
  const standings = new Map<SummaryRow, Standing>(
    found.map(({ row, ...shown }) => [
      row,
      row === leader
        ? { ...shown, ...(isBest && { verdict: 'best' }), gap: undefined }
        : { ...shown, gap: gapOf(leader!, row, noise, count) },
    ]),
  );
  return {
    leader,
    rivals,
    missing: rows.filter((row) => !isCompleted(row)),
    standings,
    toFull: full === undefined ? new Map() : againstNamed(completed, full, noise, margin),
    margin,
    noise,
    bound: (row) => whereJudged(row, judged, (j) => boundOf(j, count, differences)),
    places: (row) => whereJudged(row, judged, (j) => placesOf(j, count, differences)),
  };
}

/** The verdict of a row among `count`; undefined statements are those on a row that cannot be judged. */
function shownOf(statements: MethodJudgement | undefined, count: number): Omit<Standing, 'gap'> {
  if (statements === undefined || count < 2) return { verdict: 'unjudged', byMargin: false, within: false };
  const [worse, byMargin, within] = [statements.worse, statements.worseByMargin, statements.within].map(
    (p) => p <= testLevel(count),
  );
  return { verdict: worse ? 'worse' : within ? 'equivalent' : 'undecided', byMargin, within };
}

/** The smallest layer that a method of the ranking could make; undefined if no record says. */
export function smallestPossible({ missing }: Ranking): number | undefined {
  const known = missing.flatMap((row) => (isCompleted(row) ? [] : (row.smallestBytes ?? [])));
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Rows that have a difference with the leader of those that can be judged: the family that shares the 5 %. */
function judgeable(rows: readonly CompletedRow[], noise: Noise): CompletedRow[] {
  const first = rows.find((row) => rows.some((other) => other !== row && noise.between(row, other)));
  if (first === undefined) return [];
  return rows.filter((row) => row === first || noise.between(first, row) !== undefined);
}

function gapOf(leader: CompletedRow, row: CompletedRow, noise: Noise, count: number): Estimate | undefined {
  const difference = noise.between(leader, row);
  if (difference === undefined || count < 2) return bareGap(leader, row, noise);
  return { value: difference.value, error: pairWidth(count, difference), count: difference.count };
}

function whereJudged<T>(
  row: CompletedRow,
  judged: readonly CompletedRow[],
  of: (place: number) => T,
): T | undefined {
  const place = judged.indexOf(row);
  return place < 0 || judged.length < 2 ? undefined : of(place);
}
