import { baseline } from '../../analysis/comparisons/comparable.ts';
import { analyze } from '../../analysis/recording.ts';
import { type CompletedRow, baselineRow, isCompleted } from '../../analysis/summary/rows.ts';
import { findableIn } from '../../analysis/power/found.ts';
import { type Ranking, type Verdict, rivalsThatAre } from '../../analysis/verdicts/ranking.ts';
import { decisionAt } from '../../reports/decision-at.ts';
import { findableText } from '../../reports/findable-text.ts';
import { formatChange, formatEstimate, formatFixed, formatRatio } from '../../reports/format.ts';
import { machinesText } from '../../reports/machines-text.ts';
import { ownSettings } from '../../reports/setting-text.ts';
import { targetLines } from './target-lines.ts';
import type { Recording } from '../../results/recording.ts';

/** A line has at most this many names of one kind. */
const maxNames = 4;

/** The result of a recording, in a line for each budget: the highest method, and the verdicts on the others. */
export function comparisonLines(recording: Recording, margin?: number): string[] {
  const analyzed = analyze(recording, margin);
  const { comparisons, rowNoiseProblem, margin: marginUsed } = analyzed;
  const settings = comparisons.map(({ setting }) => setting);
  const lines = comparisons.flatMap(({ rows, noise, rankings, rates }, i) => {
    const full = baselineRow(rows);
    const seeds = Math.max(1, ...rows.filter(isCompleted).map((row) => row.runs.length));
    if (rankings.length === 0 && full === undefined) return [];
    const heading = [
      ownSettings(settings, i),
      full === undefined
        ? 'test AUC'
        : `${rankings.length === 0 ? 'test AUC of' : 'change of test AUC from'} ${baseline}, ${formatEstimate(full.estimates.auc)}`,
      seeds === 1 ? 'one seed, no error bars' : `${seeds} seeds`,
      rates.length > 0 ? 'learning rates chosen on validation' : '',
    ];
    const { target } = recording.environment;
    if (target !== undefined && full !== undefined)
      return targetLines(comparisons[i], marginUsed, ownSettings(settings, i));
    const found = findableIn(rows, noise, recording.environment.data!.rows.test);
    const findable = findableText(found);
    return [
      `${heading.filter((text) => text !== '').join(', ')}${rankings.length === 0 ? '' : ':'}`,
      ...rankings.map(
        (ranking) => `  ${formatRatio(ranking.requested).padStart(4)}  ${rankingText(ranking)}`,
      ),
      ...rankings.flatMap((ranking) => {
        const decision = decisionAt(ranking, comparisons[i], found);
        return decision === '' ? [] : [`  at ${formatRatio(ranking.requested)}: ${decision}`];
      }),
      ...(findable === '' ? [] : [`  ${findable}`]),
    ];
  });
  const notes = [rowNoiseProblem, machinesText(analyzed)].filter((text) => text !== '');
  return [...lines, ...notes.map((text) => `  ${text}`)];
}

function rankingText(ranking: Ranking): string {
  const { leader, missing, standings, rivals } = ranking;
  const count = (status: string) => missing.filter((row) => row.status === status).length;
  const without = (['infeasible', 'too large', 'failed'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`);
  if (leader === undefined) return ['no numbers', ...without].join('; ');
  const isBest = standings.get(leader)!.verdict === 'best';
  const bound = rivals.length === 0 || isBest ? undefined : ranking.bound(leader);
  return [
    `${isBest ? 'best' : 'highest'} ${resultText(leader)}` +
      (bound === undefined ? '' : ` (at most ${formatFixed(bound)} below the best)`),
    ...(Object.keys(words) as (keyof typeof words)[]).flatMap((verdict) => {
      const rows = rivalsThatAre(verdict, ranking);
      return rows.length === 0 ? [] : [`${words[verdict]}: ${namesText(rows)}`];
    }),
    ...without,
  ].join('; ');
}

/** Rows without a verdict follow the leader by their numbers alone. */
const words = {
  equivalent: 'equivalent',
  undecided: 'undecided',
  unjudged: 'then',
  worse: 'worse',
} as const satisfies Partial<Record<Verdict, string>>;

function namesText(rows: readonly CompletedRow[]): string {
  const shown = rows.slice(0, rows.length > maxNames ? maxNames - 1 : maxNames);
  const more = rows.length - shown.length;
  return `${shown.map(nameAndValue).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function nameAndValue({ series, change, estimates }: CompletedRow): string {
  return `${series.label} ${change === undefined ? formatFixed(estimates.auc.value) : formatChange(change.value)}`;
}

function resultText({ series, change, estimates }: CompletedRow): string {
  return `${series.label} ${change === undefined ? formatEstimate(estimates.auc) : formatEstimate(change, formatChange)}`;
}
