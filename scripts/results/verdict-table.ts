import { findableIn } from '../../analysis/power/found.ts';
import type { AnalyzedComparison } from '../../analysis/recording.ts';
import { aucBySeed, type CompletedRow, isCompleted } from '../../analysis/summary/rows.ts';
import { stabilityOf } from '../../analysis/verdicts/stability.ts';
import { formatFixed, formatMargin, formatRatio } from '../../reports/format.ts';
import type { Recording } from '../../results/recording.ts';
import { behindByEarlierRule } from '../verdict-simulation/earlier-rule.ts';

/** Counts of verdicts by budget as Markdown; `earlier`: those of the rule of version 0.1 beside them. */
export function verdictTable(
  { rows, noise, rankings }: AnalyzedComparison,
  recording: Recording,
  { margin, earlier }: { readonly margin: number; readonly earlier: boolean },
): string {
  const found = findableIn(rows, noise, recording.environment.data!.rows.test).budgets;
  const stability = stabilityOf(rows, noise.rows, margin);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const heading = [
    ...['', 'methods', ...(earlier ? ['earlier: behind / tied'] : [])],
    `worse (by more than ${formatMargin(margin)})`,
    ...['equivalent', 'undecided', 'highest, and its bound', 'smallest gap found'],
    ...['worse without one method', 'worse without each seed'],
  ];
  const budgets = rankings.map((ranking) => {
    const { requested, leader, standings } = ranking;
    const all = [...standings.values()];
    const completed = [...standings.keys()].filter(isCompleted);
    const count = (verdict: string) => String(all.filter((one) => one.verdict === verdict).length);
    const least = found.find((one) => one.requested === requested);
    const stable = stability.find((one) => one.requested === requested);
    const limit = leader && ranking.bound(leader);
    return [
      ...[formatRatio(requested), String(all.length)],
      ...(earlier ? [earlierCounts(completed)] : []),
      `${count('worse')} (${all.filter(({ byMargin }) => byMargin).length})`,
      ...[String(all.filter(({ verdict }) => verdict === 'equivalent' || verdict === 'best').length), count('undecided')], // prettier-ignore
      `\`${leader?.series.label ?? ''}\` ${limit === undefined ? '' : formatFixed(limit)}`,
      least === undefined ? '' : formatFixed(least.worse),
      stable === undefined ? '' : `${stable.withoutMethod.least} to ${stable.withoutMethod.most}`,
      stable === undefined ? '' : stable.withoutSeed.join(', '),
    ];
  });
  return [line(heading), line(heading.map((_, i) => (i === 0 ? '---' : '---:'))), ...budgets.map(line)].join('\n'); // prettier-ignore
}

/** The numbers of rows that the earlier rule called behind the best, and tied with it. */
function earlierCounts(rows: readonly CompletedRow[]): string {
  const scores = rows.map(({ runs }) => aucBySeed(runs));
  const behind = rows.length < 2 ? 0 : behindByEarlierRule(scores).filter(Boolean).length;
  return `${behind} / ${rows.length - 1 - behind}`;
}
