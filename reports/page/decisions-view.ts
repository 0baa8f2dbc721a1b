import { type Rule, boundOfRow, frontOfBounds } from '../../analysis/decisions/choose.ts';
import { decidingCosts } from '../../analysis/decisions/deciding-costs.ts';
import { findableIn } from '../../analysis/power/found.ts';
import type { AnalyzedComparison } from '../../analysis/recording.ts';
import { type BudgetRanking, rivalsThatAre } from '../../analysis/verdicts/ranking.ts';
import { toldAt } from '../decision-at.ts';
import { detailsOf } from '../claim-text.ts';
import { type DecisionText, type Told, decisionText } from '../decision-text.ts';
import { costWords, rulesFor } from '../decision-words.ts';
import { formatFixed, formatRatio } from '../format.ts';

/** The decisions of a comparison, as decisions.hbs reads them. A script shows the sentence of the reader's rule and cost. */
export interface DecisionsView {
  readonly rules: readonly string[];
  readonly costs: readonly string[];
  readonly budgets: readonly {
    readonly budget: string;
    /** The sentence of the first rule and the first cost. */
    readonly head: string;
    readonly rest: string;
    /** JSON: all sentences, once each, and which of them each rule (outer) and cost (inner) has. */
    readonly choices: string;
    readonly groups: readonly { readonly count: string; readonly names: string }[];
    /** "9 worse, 25 undecided": the summary of the fold. */
    readonly standing: string;
    readonly details: string;
    readonly front: string;
  }[];
}

/** Undefined if there is no budget to decide at. */
export function decisionsView(comparison: AnalyzedComparison, testRows: number): DecisionsView | undefined {
  const { rankings, rows, noise } = comparison;
  if (rankings.length === 0) return undefined;
  const rules = rulesFor(rankings[0].margin);
  const found = findableIn(rows, noise, testRows);
  return {
    rules: rules.map(({ name }) => name),
    costs: decidingCosts.map((cost) => costWords[cost].name),
    budgets: rankings.map((ranking) => {
      const told = toldAt(ranking, comparison, found);
      const texts = rules.map(({ rule }) => textsOf(ranking, rule, told));
      const groups = groupsOf(ranking);
      return {
        budget: formatRatio(ranking.requested),
        ...texts[0][0],
        choices: packed(texts),
        groups,
        standing: groups.map(({ count }) => count).join(', '),
        details: detailsOf(ranking),
        front: frontText(ranking),
      };
    }),
  };
}

function textsOf(ranking: BudgetRanking, rule: Rule, told: Told): DecisionText[] {
  return decidingCosts.map((cost) => decisionText(ranking, { rule, cost }, told));
}

function packed(texts: readonly (readonly DecisionText[])[]): string {
  const all = texts.map((ofRule) => ofRule.map(({ head, rest }) => `${head}\n${rest}`));
  const unique = [...new Set(all.flat())];
  return JSON.stringify({
    texts: unique,
    at: all.map((ofRule) => ofRule.map((text) => unique.indexOf(text))),
  });
}

/** The names of a budget's methods by their verdicts, for a fold: the highest AUC first. */
function groupsOf(ranking: BudgetRanking): { count: string; names: string }[] {
  const { leader, standings } = ranking;
  const order = ['best', 'equivalent', 'undecided', 'worse', 'unjudged'] as const;
  return order.flatMap((verdict) => {
    const rows = [
      ...(leader !== undefined && standings.get(leader)!.verdict === verdict ? [leader] : []),
      ...rivalsThatAre(verdict, ranking),
    ];
    if (rows.length === 0) return [];
    const word = verdict === 'unjudged' ? 'without a verdict' : verdict;
    return [{ count: `${rows.length} ${word}`, names: rows.map(({ series }) => series.label).join(', ') }];
  });
}

/** The methods that are as close to the best as any that trains as fast; empty without verdicts. */
function frontText(ranking: BudgetRanking): string {
  const front = frontOfBounds(ranking, 'trainSeconds');
  if (front.length < 2 || boundOfRow(front[0].row, ranking) === undefined) return '';
  const named = front.map(({ row, bound }) => `${row.series.label} ${formatFixed(bound)}`);
  return `Closest to the best at its training time, with the most that each is below it: ${named.join(', ')}.`;
}
