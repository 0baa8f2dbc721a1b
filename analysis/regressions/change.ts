import type { BySeed } from '../statistics/pair-noise.ts';
import { type Estimate, mean } from '../statistics/estimates.ts';
import { type SummaryRow, isCompleted } from '../summary/rows.ts';
import { minSeeds } from '../verdicts/noise.ts';
import { verdictOf } from '../verdicts/pairs.ts';
import { type CommonSeeds, type Judgement, type Pair, type Pairing, commonSeeds, seedsOf } from './pair.ts';

/**
 * `lost`: no number in B, or a seed that failed there, where A has one; `gained` the other way round. `equal`: the same
 * to the last bit. `unjudged`: fewer than three common seeds.
 */
export type Verdict =
  | 'worse'
  | 'better'
  | 'equivalent'
  | 'undecided'
  | 'equal'
  | 'lost'
  | 'gained'
  | 'unjudged'
  | 'only A'
  | 'only B'
  | 'neither';

/** The change of one method at one budget from A to B. */
export interface Change {
  readonly pair: Pair;
  readonly verdict: Verdict;
  /** The reason why a side has no number; empty if both have one. */
  readonly reason: string;
  /** Mean AUC over common seeds, or over its own where there are none. */
  readonly aucOfA: number | undefined;
  readonly aucOfB: number | undefined;
  /** B minus A over common seeds; its interval holds for all differences of a comparison at once. */
  readonly difference: Estimate | undefined;
  /** The verdict of the seeds alone, where the interval of `difference` includes test rows. */
  readonly bySeeds: { readonly difference: Estimate; readonly verdict: Verdict } | undefined;
}

/** True for a change that makes a comparison fail; a strict one fails for all that was not shown to be none, too. */
export function isRegression({ verdict }: Pick<Change, 'verdict'>, strict = false): boolean {
  return (
    verdict === 'worse' ||
    verdict === 'lost' ||
    (strict && (verdict === 'undecided' || verdict === 'unjudged'))
  );
}

/** True for a change that says something: numbers were judged, or one side alone failed to give one. */
export function hasVerdict({ verdict }: Pick<Change, 'verdict'>): boolean {
  return !['unjudged', 'only A', 'only B', 'neither'].includes(verdict);
}

/** The number of changes with each verdict; a verdict that none has is absent. */
export function countByVerdict(changes: readonly Change[]): ReadonlyMap<Verdict, number> {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of changes) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return counts;
}

/** The changes with an error bar, and how many of those bars include test rows. */
export function judgedAmong(changes: readonly Change[]): {
  readonly judged: number;
  readonly onRows: number;
} {
  const judged = changes.filter(({ difference }) => (difference?.error ?? 0) > 0);
  return { judged: judged.length, onRows: judged.filter(({ bySeeds }) => bySeeds !== undefined).length };
}

/**
 * A verdict for each pair. Pairs that are equal in every seed can be called worse by no chance, and take no share of the
 * 5 %: where one method of forty was changed, it is judged alone.
 */
export function changesOf({ pairs, judge }: Pairing, margin: number): Change[] {
  const commons = new Map(pairs.map((pair) => [pair, commonSeeds(pair)]));
  const judged = [...commons.values()].filter(isJudged);
  const judgementOf = judged.length === 0 ? undefined : judge(judged);
  return pairs.map((pair) => {
    const common = commons.get(pair)!;
    const judgement: Judgement = isJudged(common)
      ? judgementOf!(common)
      : { difference: bareDifference(common) };
    const difference = judgement.difference.count === 0 ? undefined : judgement.difference;
    const bySeeds = judgement.bySeeds && {
      difference: judgement.bySeeds,
      verdict: changeVerdict(judgement.bySeeds, margin),
    };
    const [reason, without] = withoutNumber(pair);
    const verdict = without ?? changeVerdict(difference, margin);
    return { pair, verdict, reason, ...meansOf(common), difference, bySeeds };
  });
}

function isJudged({ differences }: CommonSeeds): boolean {
  return differences.size >= minSeeds && [...differences.values()].some((value) => value !== 0);
}

/** The difference of too few seeds, of none, or of several that are all equal. */
function bareDifference({ differences }: CommonSeeds): Estimate {
  const values = [...differences.values()];
  const equal = values.length > 1 && values.every((value) => value === 0);
  return { value: mean(values), error: equal ? 0 : undefined, count: values.length };
}

function meansOf({ pair, ofA, ofB }: CommonSeeds): Pick<Change, 'aucOfA' | 'aucOfB'> {
  const meanOf = (common: BySeed, row: SummaryRow | undefined) => {
    const values = [...(common.size > 0 ? common : seedsOf(row)).values()];
    return values.length === 0 ? undefined : mean(values);
  };
  return { aucOfA: meanOf(ofA, pair.a), aucOfB: meanOf(ofB, pair.b) };
}

function changeVerdict(difference: Estimate | undefined, margin: number): Verdict {
  if (difference === undefined) return 'unjudged';
  const { value, error } = difference;
  return value === 0 && (error ?? 0) === 0 ? 'equal' : verdictOf(difference, margin);
}

/** The reason and the verdict where a side has no number, or lost one of its seeds. */
function withoutNumber({ a, b, otherOptions }: Pair): [reason: string, verdict: Verdict | undefined] {
  const [endOfA, endOfB] = [ending(a, b), ending(b, a)];
  if (a === undefined) return [otherOptions ? 'A has it with other options' : '', 'only B'];
  if (b === undefined) return [otherOptions ? 'B has it with other options' : '', 'only A'];
  if (!isCompleted(a) && !isCompleted(b)) return [`${b.status}: ${b.error}`, 'neither'];
  if (endOfB !== undefined) return [endOfB, 'lost'];
  return endOfA !== undefined && !isCompleted(a) ? [endOfA, 'gained'] : ['', undefined];
}

/** The error of a row that gave no number, or none with a seed with which the other side has one. */
function ending(row: SummaryRow | undefined, other: SummaryRow | undefined): string | undefined {
  if (row === undefined) return undefined;
  if (!isCompleted(row)) return `${row.status}: ${row.error}`;
  const has = seedsOf(other);
  const lost = row.lost.filter(({ seed }) => has.has(seed));
  return lost.length === 0
    ? undefined
    : `${lost[0].status} with seed ${lost.map(({ seed }) => seed).join(', ')}: ${lost[0].error}`;
}
