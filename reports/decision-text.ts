import { type Decision, type Rule, choose } from '../analysis/decisions/choose.ts';
import type { DecidingCost } from '../analysis/decisions/deciding-costs.ts';
import type { LinearThere } from '../analysis/decisions/linear-would-do.ts';
import type { ShowsLess } from '../analysis/decisions/shows-less.ts';
import { inferenceTimesFull, trainTimesFull } from '../analysis/summary/relative-cost.ts';
import type { CompletedRow } from '../analysis/summary/rows.ts';
import { type Ranking, notCompared } from '../analysis/verdicts/ranking.ts';
import { plural } from '../base/plural.ts';
import { costWords } from './decision-words.ts';
import { formatBytes, formatCount, formatFixed, formatMargin, formatTimes } from './format.ts';

/** The choice at a budget in words. */
export interface DecisionText {
  /** "Choose robe" */
  readonly head: string;
  /** ": among the 4 methods shown to be …", or sentences; begins with what joins it to the head. */
  readonly rest: string;
}

/** The facts that a decision is told with, beside the ranking. */
export interface Told {
  readonly full: CompletedRow | undefined;
  readonly linear: LinearThere | undefined;
  readonly showsLess: (tolerance: number) => ShowsLess | undefined;
}

/** The decision of a budget in a sentence or two. No lead is called more than a lead. */
export function decisionText(
  ranking: Ranking,
  { rule, cost }: { readonly rule: Rule; readonly cost: DecidingCost },
  told: Told,
): DecisionText {
  const { leader, rivals } = ranking;
  if (leader === undefined) return { head: 'No method gave a number', rest: '.' };
  const decision = choose(ranking, rule, cost);
  const linear = linearText(rule, told.linear, ranking);
  if (rivals.length === 0) return { head: `${leader.series.label} is the only method with a number`, rest: joined('.', linear) }; // prettier-ignore
  if (decision.smallest === undefined)
    return {
      head: 'Nothing to choose by',
      rest: joined(`: ${leader.series.label} is ahead, but fewer than three common seeds give no verdict.`, linear), // prettier-ignore
    };
  const { head, rest } = shownText(decision, ranking, told);
  return { head, rest: joined(rest, notComparedText(ranking)) };
}

function shownText(decision: Decision, ranking: Ranking, told: Told): DecisionText {
  const { chosen, admitted, rule } = decision;
  if (chosen !== undefined)
    return { head: `Choose ${chosen.series.label}`, rest: chosenText(decision, ranking, told) };
  return admitted.length > 0 ? unpriced(decision) : nothingShown(decision, rule, told);
}

/** Methods of which a sentence about the best says nothing. */
function notComparedText(ranking: Ranking): string {
  const names = notCompared(ranking).map(({ series }) => series.label);
  if (names.length === 0) return '';
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not compared: fewer than three common seeds.`;
}

/** The sentence in one line. */
export function decisionLine({ head, rest }: DecisionText): string {
  return `${head}${rest}`;
}

function chosenText(decision: Decision, ranking: Ranking, told: Told): string {
  const { rule, admitted, chosen, asCheap, unknown, cost } = decision;
  const row = chosen!;
  const many = admitted.length > 1;
  const among =
    rule.kind === 'within'
      ? many
        ? `among the ${admitted.length} methods shown to be at most ${formatMargin(rule.tolerance)} below the best`
        : `the only method shown to be at most ${formatMargin(rule.tolerance)} below the best`
      : many
        ? `among the ${admitted.length} methods not shown to be worse by more than ${formatMargin(ranking.margin)}`
        : `the only method not shown to be worse by more than ${formatMargin(ranking.margin)}`;
  const size = sizeText(row, decision, told.full);
  const words = costWords[cost];
  // A bare number behind "the highest AUC" would be read as an AUC.
  const price = size === '' ? '' : asCheap.length > 0 ? ` (${words.name}: ${size})` : ` (${size})`;
  const tied = `, ${words.none}, and of these ${asCheap.length + 1} it has the highest AUC`;
  const why = !many ? '' : asCheap.length > 0 ? tied : ` it ${words.cheapest}`;
  const other = otherNeed(decision, ranking);
  const parts = [
    `: ${among}${why}${price}`,
    ...(other === undefined ? [] : [`; ${other}`]),
    ...(told.linear !== undefined && wouldDo(rule, told.linear)
      ? [`; ${told.linear.linear.runs[0].model} would do`]
      : []),
    '.',
  ];
  const notes = [
    ...(unknown > 0 ? [`The ${costWords[cost].name} of ${plural(unknown, 'other')} is not known.`] : []),
    ...(rule.kind === 'notRefuted'
      ? ['Undecided methods are in it for want of evidence: it may be worse than the best.']
      : []),
    ...(told.linear !== undefined && !wouldDo(rule, told.linear)
      ? [linearText(rule, told.linear, ranking)]
      : []),
  ].filter((note) => note !== '');
  return [parts.join(''), ...notes].join(' ');
}

/** The choice by another cost, where it is another method. */
function otherNeed({ rule, cost, chosen }: Decision, ranking: Ranking): string | undefined {
  const next: DecidingCost = cost === 'trainingMemory' ? 'trainSeconds' : 'trainingMemory';
  const other = choose(ranking, rule, next);
  if (other.chosen === undefined || other.chosen === chosen || other.asCheap.includes(chosen!))
    return undefined;
  return `${other.chosen.series.label} if ${costWords[next].need}`;
}

function nothingShown({ smallest }: Decision, rule: Rule, told: Told): DecisionText {
  const { row, bound } = smallest!;
  if (rule.kind === 'notRefuted')
    return { head: 'Every method is shown to be worse than another', rest: '.' };
  const tolerance = formatMargin(rule.tolerance);
  const less = showsLessText(told.showsLess(rule.tolerance), tolerance);
  return {
    head: `No method is shown to be at most ${tolerance} below the best`,
    rest: joined(
      `. The smallest bound is that of ${row.series.label}: at most ${formatFixed(bound)} below it.`,
      less,
      linearText(rule, told.linear, undefined),
    ),
  };
}

function unpriced({ admitted, cost }: Decision): DecisionText {
  return {
    head: `No ${costWords[cost].name} was recorded`,
    rest: ` of the ${plural(admitted.length, 'method')} that could be chosen.`,
  };
}

function showsLessText(less: ShowsLess | undefined, tolerance: string): string {
  if (less === undefined) return '';
  const { rows, seeds, more, rowsWithSeeds } = less;
  if (seeds !== undefined)
    return `${seeds} seeds on these ${formatCount(rows)} test rows would show ${tolerance}.`;
  const few =
    rowsWithSeeds === undefined ? '' : ` (with as many seeds as here, ${formatCount(rowsWithSeeds)} rows)`;
  if (more !== undefined)
    return `No number of seeds shows ${tolerance} on ${formatCount(rows)} test rows: ${more.seeds} seeds on ${formatCount(more.rows)} would${few}.`;
  return `No number of seeds shows ${tolerance} on ${formatCount(rows)} test rows.`;
}

function wouldDo(rule: Rule, { bound }: LinearThere): boolean {
  return rule.kind === 'within' && bound !== undefined && bound <= rule.tolerance;
}

/** A sentence on the linear model of the budget; empty if there is nothing to say. */
function linearText(rule: Rule, there: LinearThere | undefined, ranking: Ranking | undefined): string {
  if (there === undefined) return '';
  const { linear, bound, beatenBy } = there;
  const { model } = linear.runs[0];
  if (wouldDo(rule, there)) {
    const most = bound === 0 ? 'no method is better' : `it is at most ${formatFixed(bound!)} below the best`;
    return `${model} would do: ${most}.`;
  }
  if (beatenBy?.length === 0) {
    const ahead =
      ranking?.leader !== undefined && linear.estimates.auc.value > ranking.leader.estimates.auc.value;
    return `No method is shown to beat ${model}${ahead ? ', which is ahead' : ''}.`;
  }
  return '';
}

/** The cost of the chosen row, against full where that is told in times. */
function sizeText(row: CompletedRow, { cost, scale }: Decision, full: CompletedRow | undefined): string {
  const found = scale.of(row);
  if (found === undefined) return '';
  const ofFull = (times: number | undefined) => (times === undefined ? '' : `${formatTimes(times)} of full`);
  switch (cost) {
    case 'trainSeconds':
      return ofFull(
        scale.source === 'trainSeconds'
          ? trainTimesFull(row, full)
          : full?.estimates.trainSpeed && full.estimates.trainSpeed.value / found.value,
      );
    case 'inferenceSpeed':
      return ofFull(inferenceTimesFull(row, full));
    case 'options':
      return plural(found.value, 'option');
    case 'trainingMemory':
      return `${formatBytes(found.value)}${scale.source === 'trainingBytes' ? ' of layer and optimizer' : ''}`;
    case 'servingBytes':
    case 'bytesWithKeys':
      return formatBytes(found.value);
  }
}

const joined = (...sentences: readonly string[]) => sentences.filter((text) => text !== '').join(' ');
