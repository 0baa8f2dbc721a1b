import type { CompletedRow } from '../summary/rows.ts';
import type { Ranking } from '../verdicts/ranking.ts';
import { type CostScale, type DecidingCost, costScale, isCheaper } from './deciding-costs.ts';

/**
 * The methods that a choice is made among. `within`: shown to be at most `tolerance` below the best, whichever that is.
 * `notRefuted`: not shown to be below it by more than the margin; undecided methods are in it for want of evidence.
 */
export type Rule = { readonly kind: 'within'; readonly tolerance: number } | { readonly kind: 'notRefuted' };

export interface Decision {
  readonly rule: Rule;
  readonly cost: DecidingCost;
  readonly scale: CostScale;
  /** The methods that the rule admits, the highest AUC first. */
  readonly admitted: readonly CompletedRow[];
  /** The cheapest of them; undefined if the rule admits none, or the cost of none is known. */
  readonly chosen: CompletedRow | undefined;
  /** Others that cost the same but for what runs differ by. */
  readonly asCheap: readonly CompletedRow[];
  /** Admitted methods whose cost no record has. */
  readonly unknown: number;
  /** The smallest bound of all methods that were judged, and whose it is. */
  readonly smallest: { readonly row: CompletedRow; readonly bound: number } | undefined;
}

/**
 * Chooses by a bound and a cost. The bounds of a budget hold for all methods at once, so that choosing by a cost afterwards, by
 * another cost, or with another tolerance needs no correction. A lead alone admits no method. Among those that cost the same
 * (differences inside their MAD), the higher mean AUC wins, then the name.
 */
export function choose(ranking: Ranking, rule: Rule, cost: DecidingCost): Decision {
  const { leader, rivals } = ranking;
  const all = leader === undefined ? [] : [leader, ...rivals];
  const bounds = all.flatMap((row) => {
    const bound = boundOfRow(row, ranking);
    return bound === undefined ? [] : [{ row, bound }];
  });
  const admitted = bounds
    .filter(({ row, bound }) => isAdmitted(row, bound, ranking, rule))
    .map(({ row }) => row);
  const scale = costScale(cost, admitted);
  const priced = admitted.filter((row) => scale.of(row) !== undefined);
  const cheapest = priced.filter(
    (row) => !priced.some((other) => isCheaper(scale, scale.of(other)!, scale.of(row)!)),
  );
  const [chosen, ...asCheap] = cheapest.toSorted(byAuc);
  return {
    ...{ rule, cost, scale, admitted, chosen, asCheap },
    unknown: admitted.length - priced.length,
    smallest: bounds.toSorted((a, b) => a.bound - b.bound)[0],
  };
}

/**
 * The most that a row is below the best: nothing for one to which all others are shown to be worse; undefined if not judged, or if the
 * one ahead is not: then nothing is known of the best.
 */
export function boundOfRow(row: CompletedRow, ranking: Ranking): number | undefined {
  const { leader, standings } = ranking;
  if (leader === undefined || standings.get(leader)!.verdict === 'unjudged') return undefined;
  return standings.get(row)?.verdict === 'best' ? 0 : ranking.bound(row);
}

/** The methods for which no other is as cheap and has a bound as small, the smallest bound first. */
export function frontOfBounds(
  ranking: Ranking,
  cost: DecidingCost,
): { readonly row: CompletedRow; readonly bound: number }[] {
  const { leader, rivals } = ranking;
  const rows = leader === undefined ? [] : [leader, ...rivals];
  const scale = costScale(cost, rows);
  const known = rows.flatMap((row) => {
    const [bound, price] = [boundOfRow(row, ranking), scale.of(row)];
    return bound === undefined || price === undefined ? [] : [{ row, bound, price }];
  });
  const beats = (a: (typeof known)[number], b: (typeof known)[number]) =>
    (a.bound <= b.bound && isCheaper(scale, a.price, b.price)) ||
    (a.bound < b.bound && !isCheaper(scale, b.price, a.price));
  return known
    .filter((one) => !known.some((other) => beats(other, one)))
    .sort((a, b) => a.bound - b.bound)
    .map(({ row, bound }) => ({ row, bound }));
}

function isAdmitted(row: CompletedRow, bound: number, { standings }: Ranking, rule: Rule): boolean {
  return rule.kind === 'within' ? bound <= rule.tolerance : !standings.get(row)!.byMargin;
}

function byAuc(a: CompletedRow, b: CompletedRow): number {
  return b.estimates.auc.value - a.estimates.auc.value || (a.series.label < b.series.label ? -1 : 1);
}
