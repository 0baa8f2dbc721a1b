import type { BySeed } from '../common-noise.ts';
import { type Estimate, mean } from '../statistics.ts';
import { type SummaryRow, isCompleted } from '../summary.ts';
import { type Common, type Judged, type Pair, type Pairing, commonOf, seedsOf } from './pair.ts';

/**
 * `lost`: no number in B, or a seed that failed there, where A has one; `gained` the other way round. `equal`: the same
 * to the last bit. `unjudged`: fewer than two common seeds.
 */
export type Verdict =
  'worse' | 'better' | 'tie' | 'equal' | 'lost' | 'gained' | 'unjudged' | 'only A' | 'only B' | 'neither';

export interface Change {
  readonly pair: Pair;
  readonly verdict: Verdict;
  /** Why there is no number, where that is so; empty elsewhere. */
  readonly reason: string;
  /** Mean AUC over common seeds, or over its own where there are none. */
  readonly aucOfA: number | undefined;
  readonly aucOfB: number | undefined;
  /** B minus A over common seeds; its interval holds for all differences of a comparison at once. */
  readonly difference: Estimate | undefined;
  /** Where that interval is of seeds and test rows: what the seeds alone would say. */
  readonly bySeeds: { readonly difference: Estimate; readonly verdict: Verdict } | undefined;
}

/** What makes a comparison fail. */
export function isRegression({ verdict }: Pick<Change, 'verdict'>): boolean {
  return verdict === 'worse' || verdict === 'lost';
}

/**
 * A verdict for each pair. Pairs that are equal in every seed can be called worse by no chance, and have no share in
 * the 5 %: where one method of forty was changed, it is judged alone.
 */
export function changesOf({ pairs, judge }: Pairing): Change[] {
  const commons = new Map(pairs.map((pair) => [pair, commonOf(pair)]));
  const judged = [...commons.values()].filter(isJudged);
  const intervalOf = judged.length === 0 ? undefined : judge(judged);
  return pairs.map((pair) => {
    const common = commons.get(pair)!;
    const judgement: Judged = isJudged(common) ? intervalOf!(common) : { difference: bareDifference(common) };
    const difference = judgement.difference.count === 0 ? undefined : judgement.difference;
    const bySeeds = judgement.bySeeds && {
      difference: judgement.bySeeds,
      verdict: verdictOf(judgement.bySeeds),
    };
    const [reason, without] = withoutNumber(pair);
    const verdict = without ?? verdictOf(difference);
    return { pair, verdict, reason, ...meansOf(common), difference, bySeeds };
  });
}

function isJudged({ differences }: Common): boolean {
  return differences.size > 1 && [...differences.values()].some((value) => value !== 0);
}

/** Of one seed, of none, or of several that are all equal. */
function bareDifference({ differences }: Common): Estimate {
  const [value = NaN] = differences.values();
  return { value, error: differences.size > 1 ? 0 : undefined, count: differences.size };
}

function meansOf({ pair, ofA, ofB }: Common): Pick<Change, 'aucOfA' | 'aucOfB'> {
  const meanOf = (common: BySeed, row: SummaryRow | undefined) => {
    const values = [...(common.size > 0 ? common : seedsOf(row)).values()];
    return values.length === 0 ? undefined : mean(values);
  };
  return { aucOfA: meanOf(ofA, pair.a), aucOfB: meanOf(ofB, pair.b) };
}

function verdictOf(difference: Estimate | undefined): Verdict {
  if (difference === undefined) return 'unjudged';
  const { value, error } = difference;
  if (value === 0 && (error ?? 0) === 0) return 'equal';
  if (error === undefined) return 'unjudged';
  if (Math.abs(value) <= error) return 'tie';
  return value < 0 ? 'worse' : 'better';
}

/** Where a side has no number, or lost one of its seeds. */
function withoutNumber({ a, b, otherOptions }: Pair): [reason: string, verdict: Verdict | undefined] {
  const [endOfA, endOfB] = [ending(a, b), ending(b, a)];
  if (a === undefined) return [otherOptions ? 'A has it with other options' : '', 'only B'];
  if (b === undefined) return [otherOptions ? 'B has it with other options' : '', 'only A'];
  if (!isCompleted(a) && !isCompleted(b)) return [`${b.status}: ${b.error}`, 'neither'];
  if (endOfB !== undefined) return [endOfB, 'lost'];
  return endOfA !== undefined && !isCompleted(a) ? [endOfA, 'gained'] : ['', undefined];
}

/** How a row ended that gave no number, or not with a seed of which the other has one. */
function ending(row: SummaryRow | undefined, other: SummaryRow | undefined): string | undefined {
  if (row === undefined) return undefined;
  if (!isCompleted(row)) return `${row.status}: ${row.error}`;
  const has = seedsOf(other);
  const lost = row.lost.filter(({ seed }) => has.has(seed));
  return lost.length === 0
    ? undefined
    : `${lost[0].status} with seed ${lost.map(({ seed }) => seed).join(', ')}: ${lost[0].error}`;
}
