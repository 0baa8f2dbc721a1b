import type { Estimate } from '../statistics/estimates.ts';
import { type BudgetRanking, rowVerdict } from '../verdicts/ranking.ts';
import { isCompleted } from '../summary/rows.ts';
import type { Findings } from './findings.ts';
import { meanRankOver, ranksOf } from './mean-rank.ts';

/** A method over all data sets that have it. */
export interface OverDataSets {
  readonly method: string;
  /** The mean over data sets of its mean rank over their budgets; its interval is known from three data sets on. */
  readonly rank: Estimate;
  /** Budgets, of all data sets, without a number: the last rank there. */
  readonly missing: number;
  /** Shown to be worse than the best at every budget that has a number, on every data set: the one joint verdict. */
  readonly worseEverywhere: boolean;
}

/** Data sets by their names; of two samples of one log the one with more methods stands for it. */
export interface Aggregate {
  readonly dataSets: readonly string[];
  /** The lowest mean rank first. Only methods that all data sets have: ranks among other methods are other ranks. */
  readonly methods: readonly OverDataSets[];
}

export function overDataSets(findings: readonly Findings[]): Aggregate {
  const byName = new Map<string, Findings>();
  for (const one of findings) {
    const name = nameOf(one);
    const known = byName.get(name);
    if (known === undefined || methodsIn(one).length > methodsIn(known).length) byName.set(name, one);
  }
  const units = [...byName.values()];
  const shared = units.length === 0 ? [] : methodsIn(units[0]).filter((method) => units.every((one) => methodsIn(one).includes(method))); // prettier-ignore
  const methods = shared.flatMap((method): OverDataSets[] => {
    const ranks = units.flatMap((one) => ranksOf(keyOf(method, one), rankingsWithNumbers(one)) ?? []);
    if (ranks.length < units.length) return [];
    const missing = ranks.reduce((sum, one) => sum + one.missing, 0);
    const worseEverywhere = units.every((one) => worseOn(method, one));
    return [{ method, rank: meanRankOver(ranks), missing, worseEverywhere }];
  });
  methods.sort((a, b) => a.rank.value - b.rank.value || (a.method < b.method ? -1 : 1));
  return { dataSets: [...byName.keys()], methods };
}

const nameOf = ({ lead }: Findings) => lead.published.recording.environment.data!.name;

/** Methods that are ranked at a budget. */
function methodsIn({ lead }: Findings): string[] {
  const ranked = lead.comparison.rows.filter(({ requested }) => requested > 1);
  return [...new Set(ranked.map(({ series }) => series.method))].sort();
}

/** The first of a method's variants by the text of its options: no score picks it. */
function keyOf(method: string, { lead }: Findings): string {
  return lead.comparison.rows.filter(({ series }) => series.method === method).map(({ series }) => series.key).sort()[0]; // prettier-ignore
}

/** The rankings of budgets that some method reaches: at others the last rank would be the first. */
function rankingsWithNumbers({ lead }: Findings): BudgetRanking[] {
  return lead.comparison.rankings.filter(({ leader }) => leader !== undefined);
}

function worseOn(method: string, findings: Findings): boolean {
  const { rows, rankings } = findings.lead.comparison;
  const key = keyOf(method, findings);
  const ranked = rows.filter((row) => row.series.key === key && row.requested > 1).filter(isCompleted);
  return ranked.length > 0 && ranked.every((row) => rowVerdict(row, rankings) === 'worse');
}
