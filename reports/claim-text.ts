import { plural } from '../base/plural.ts';
import { baseline } from '../analysis/comparisons/comparable.ts';
import type { CompletedRow } from '../analysis/summary/rows.ts';
import {
  type BudgetRanking,
  type Ranking,
  notCompared,
  rivalsThatAre,
  smallestPossible,
} from '../analysis/verdicts/ranking.ts';
import { formatBytes, formatCount, formatEstimate, formatFixed, formatMargin, formatRatio } from './format.ts'; // prettier-ignore

/** A ranking in words. */
export interface Claim {
  /** "16x" */
  readonly budget: string;
  /** "hashing-trick loses least" */
  readonly lead: string;
  readonly details: string;
}

/** Lists in sentences have at most this many names. */
const maxListed = 5;

export function claimOf(ranking: BudgetRanking): Claim {
  return { budget: formatRatio(ranking.requested), lead: leadOf(ranking), details: detailsOf(ranking) };
}

/** Describes a ranking. No word claims more certainty than seeds and test rows give. */
export function detailsOf(ranking: Ranking): string {
  const { leader } = ranking;
  if (leader === undefined) {
    const smallest = smallestPossible(ranking);
    return smallest === undefined
      ? ''
      : `The smallest layer that any method can make takes ${formatBytes(smallest)}.`;
  }
  const sentences = [
    `Test AUC ${formatEstimate(leader.estimates.auc)}${toFull(leader, ranking)}.`,
    lostNote(leader),
    unjudgedLeaderNote(leader, ranking),
    boundNote(leader, ranking),
    equivalentNote(ranking),
    undecidedNote(ranking),
    worseNote(ranking),
    unjudgedNote(ranking),
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function leadOf({ leader, rivals, standings }: Ranking): string {
  if (leader === undefined) return 'no method gave a number';
  const { label } = leader.series;
  if (rivals.length === 0) return `${label} is the only method with a number`;
  const { verdict } = standings.get(leader)!;
  if (verdict === 'unjudged') return `${label} is ahead`;
  if (verdict === 'equivalent') return `${label} is as good as the best`;
  if (verdict !== 'best') return `undecided: ${label} is ahead`;
  return leader.change !== undefined && leader.change.value > 0 ? `${label} is best` : `${label} loses least`;
}

function toFull(row: CompletedRow, ranking: Ranking): string {
  const against = ranking.toFull.get(row);
  const note = noiseNote(row, ranking);
  if (against?.gap === undefined) return ` (${note})`;
  const { gap, verdict, notBelow } = against;
  if (gap.value === 0 && (gap.error ?? 0) === 0) return `, equal to ${baseline} (${note})`;
  const size = formatEstimate({ ...gap, value: Math.abs(gap.value) });
  const side = gap.value > 0 ? 'above' : 'below';
  const most = notBelow ? `, shown to be at most ${formatMargin(ranking.margin)} below it` : '';
  if (verdict === 'equivalent')
    return `, equivalent to ${baseline} (difference ${formatEstimate(gap)}, ${note})`;
  if (verdict === 'undecided')
    return `, undecided against ${baseline} (difference ${formatEstimate(gap)}, ${note})${most}`;
  return `, ${size} ${side} ${baseline} (${note})${verdict === 'worse' ? most : ''}`;
}

/** The sources of noise in the error bar. */
function noiseNote({ runs, change, changeOnRows }: CompletedRow, { noise, toFull }: Ranking): string {
  const seeds =
    change === undefined ? plural(runs.length, 'seed') : `paired over ${plural(change.count, 'seed')}`;
  const rows = changeOnRows && `${formatCount(changeOnRows.rows)} test rows`;
  if (runs.length === 1)
    return rows ? `one seed: the error bar is of ${rows} alone` : 'one seed: no error bar';
  if (rows !== undefined) return `${seeds} and ${rows}`;
  return toFull.size > 0 && noise.source === 'assumed' ? `${seeds}, rows assumed` : seeds;
}

function lostNote({ lost }: CompletedRow): string {
  return lost.length === 0
    ? ''
    : `${plural(lost.length, 'more seed')} of it failed and could not be counted.`;
}

function unjudgedLeaderNote(leader: CompletedRow, ranking: Ranking): string {
  return notCompared(ranking).includes(leader)
    ? `${leader.series.label} has fewer than three common seeds: the verdicts are on the others.`
    : '';
}

/** The guarantee about the leader, whichever method is truly the best. */
function boundNote(leader: CompletedRow, ranking: Ranking): string {
  const bound = ranking.bound(leader);
  return bound === undefined || ranking.standings.get(leader)!.verdict === 'best'
    ? ''
    : `It is at most ${formatFixed(bound)} below the best${amongCompared(ranking)}, whichever that is.`;
}

function equivalentNote(ranking: Ranking): string {
  const rows = rivalsThatAre('equivalent', ranking);
  if (rows.length === 0) return '';
  return `${listed(labelsOf(rows))} ${isOrAre(rows)} equivalent: at most ${formatMargin(ranking.margin)} below the best${amongCompared(ranking)}.`;
}

/** The words that keep a statement on the best from being one on methods without a verdict. */
function amongCompared(ranking: Ranking): string {
  return notCompared(ranking).length === 0 ? '' : ' of those compared';
}

function undecidedNote(ranking: Ranking): string {
  const rows = rivalsThatAre('undecided', ranking);
  if (rows.length === 0) return '';
  const leads = rows.map((row) => {
    const { gap } = ranking.standings.get(row)!;
    if (gap === undefined) return row.series.label;
    if (gap.value >= 0) return `${row.series.label} (lower by ${formatEstimate(gap)})`;
    const size = formatEstimate({ ...gap, value: -gap.value });
    return `${row.series.label} (higher by ${size} in ${gap.count} common seeds)`;
  });
  return `Undecided: ${listed(leads)}.`;
}

function worseNote(ranking: Ranking): string {
  const rows = rivalsThatAre('worse', ranking);
  if (rows.length === 0) return '';
  const [row] = rows;
  const { byMargin } = ranking.standings.get(row)!;
  const gap = gapText(row, ranking);
  const distance =
    gap === undefined ? '' : ` by ${gap}${byMargin ? `, more than ${formatMargin(ranking.margin)}` : ''}`;
  const first = distance === '' ? '' : `,${distance}`;
  const { label } = row.series;
  if (rows.length === ranking.rivals.length) return `${label} is next, worse${distance}.`;
  return rows.length > maxListed
    ? `${rows.length} methods are worse. ${label} is the first of them${first}.`
    : `${label} is the first that is worse${first}.`;
}

function unjudgedNote(ranking: Ranking): string {
  const rows = rivalsThatAre('unjudged', ranking);
  if (rows.length === 0) return '';
  const [row] = rows;
  const gap = ranking.standings.get(row)!.gap;
  const distance = gap === undefined ? 'without a common seed' : `lower by ${formatEstimate(gap)}`;
  return `${row.series.label} is next, ${distance}; fewer than three seeds give no verdict.`;
}

/** Undefined without a seed that the leader has too. */
function gapText(row: CompletedRow, { standings }: Ranking): string | undefined {
  const { gap } = standings.get(row)!;
  return gap && formatEstimate(gap);
}

const labelsOf = (rows: readonly CompletedRow[]) => rows.map((row) => row.series.label);
const isOrAre = (rows: readonly unknown[]) => (rows.length === 1 ? 'is' : 'are');

function listed(names: readonly string[]): string {
  if (names.length <= maxListed)
    return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  const shown = names.slice(0, maxListed - 2);
  return `${shown.join(', ')} and ${names.length - shown.length} more`;
}
