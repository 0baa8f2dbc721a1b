import type { ClaimState, PaperClaim } from '../../analysis/claims/claim.ts';
import type { ClaimInterval, Departure } from '../../analysis/claims/evidence.ts';
import { type ClaimAnswer, answerOf, claimsAbout } from '../../analysis/claims/over-recordings.ts';
import { type Settlement, settlementOf } from '../../analysis/claims/settle.ts';
import type { AnalyzedRecording } from '../../analysis/recording.ts';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { plural } from '../../base/plural.ts';
import type { Recording } from '../../results/recording.ts';
import { formatChange, formatCount, formatError, formatMargin, formatRatio } from '../format.ts';
import { paperClaims } from './papers.ts';

/** A claim and its test in words, as claims.hbs reads it. */
export interface ClaimView {
  readonly id: string;
  /** "not tested here" */
  readonly state: string;
  /** The class of the state's mark. */
  readonly mark: string;
  /** "on a sample" where the log is a part of the paper's; empty where nothing departs, and for what is not tested. */
  readonly grade: string;
  readonly says: string;
  readonly source: string;
  readonly place: string;
  readonly url: string;
  /** The claim as a test. */
  readonly test: string;
  /** The differences with their intervals, or the reason why there are none. */
  readonly found: string;
  readonly departures: string;
  readonly note: string;
  /** The runs that would settle it. */
  readonly settle: string;
  readonly command: string;
}

export interface ClaimsView {
  /** "3 refuted, 5 undecided, 9 not tested here" */
  readonly counts: string;
  /** Tested claims first. */
  readonly claims: readonly ClaimView[];
}

/** The claims about methods of a recording; undefined if there are none. */
export function claimsView(
  recording: Recording,
  { comparisons }: Pick<AnalyzedRecording, 'comparisons'>,
): ClaimsView | undefined {
  const methods = new Set(recording.runs.map(({ method }) => method));
  const answers = claimsAbout(paperClaims, methods).flatMap(
    (claim) => answerOf(claim, comparisons, recording) ?? [],
  );
  if (answers.length === 0) return undefined;
  const inOrder = states.flatMap((state) => answers.filter((answer) => answer.state === state));
  return { counts: countsOf(inOrder), claims: inOrder.map(claimView) };
}

export const states: readonly ClaimState[] = ['held', 'refuted', 'undecided', 'not tested'];

/** The number of claims in each state, in words. */
export function countsOf(answers: readonly { readonly state: ClaimState | 'disputed' }[]): string {
  const parts = [...states.slice(0, 2), 'disputed' as const, ...states.slice(2)].flatMap((state) => {
    const count = answers.filter((answer) => answer.state === state).length;
    return count === 0 ? [] : [`${count} ${stateText(state)}`];
  });
  return parts.join(', ');
}

export function claimView(answer: ClaimAnswer): ClaimView {
  const { claim, state, reason, intervals, departures, settlement } = answer;
  return {
    ...aboutClaim(claim, settlement),
    state: stateText(state),
    mark: markOf(state),
    grade: gradeOf(departures),
    found:
      state === 'not tested'
        ? reason
        : intervals.map((one) => intervalText(one, intervals.length)).join('; '),
    departures: departures.map(departureText).join('; '),
  };
}

/** The parts of a claim that no recording changes; without a settlement, that of the usual noise. */
export function aboutClaim(claim: PaperClaim, settlement: Settlement = settlementOf(claim)) {
  const { id, says, paper, note = '' } = claim;
  return {
    ...{ id, says, note, place: paper.place, url: paper.url },
    source: `${paper.authors}: ${paper.title}, ${paper.venue.includes(String(paper.year)) ? paper.venue : `${paper.venue}, ${paper.year}`}`,
    test: testText(claim),
    settle: settleText(claim, settlement),
    command: commandOf(claim, settlement),
  };
}

export const stateText = (state: ClaimState | 'disputed') =>
  state === 'not tested' ? 'not tested here' : state;
export const markOf = (state: ClaimState | 'disputed') => state.replace(' ', '-');

/** The grade of evidence: the words nearest to what the paper did. */
export function gradeOf(departures: readonly Departure[]): string {
  if (departures.some(({ kind }) => kind === 'sample')) return 'on a sample';
  return departures.length > 0 ? 'under other conditions' : '';
}

/** "robe against full at 16x on Criteo with DLRM: AUC at most 0.001 lower" */
function testText({ method, against, ratios, metric, direction, size, data, model }: PaperClaim): string {
  const lower = metric === 'logloss' ? 'higher' : 'lower';
  const higher = metric === 'logloss' ? 'lower' : 'higher';
  const amount =
    direction === 'no-loss'
      ? `at most ${formatMargin(size)} ${lower}`
      : size === 0
        ? higher
        : `${higher} by ${formatMargin(size)}`;
  const from = formatRatio(ratios.from);
  const at = ratios.from === ratios.to ? from : `${from} to ${formatRatio(ratios.to)}`;
  return `${method} against ${against} at ${at}, ${data.name}, ${model.name}: ${metricNames[metric]} ${amount}`;
}

const metricNames = { auc: 'AUC', accuracy: 'accuracy', logloss: 'logloss', other: 'another metric' };

function intervalText({ requested, value, error, count, state }: ClaimInterval, budgets: number): string {
  const verdict = budgets === 1 ? '' : `, ${state}`;
  return `${formatRatio(requested)}: ${formatChange(value)} ${formatError(error)} over ${count} seeds${verdict}`;
}

function departureText(departure: Departure): string {
  if (departure.kind === 'sample')
    return `${formatCount(departure.rows)} of ${formatCount(departure.of)} rows`;
  if (departure.kind === 'epochs') return `${plural(departure.here, 'epoch')}, not ${departure.paper}`;
  if (departure.kind === 'without') return `no number at ${departure.ratios.map(formatRatio).join(', ')}`;
  if (departure.kind === 'ratio')
    return `${departure.method} reaches ${formatRatio(departure.reached)} where ${formatRatio(departure.requested)} was asked for`;
  if (departure.kind === 'split') return `${departure.here} split, not ${departure.paper}`;
  return `${departure.here} for ${departure.paper}`;
}

/** The seeds or test rows that it takes, or the reason why no run would do. */
function settleText(
  { metric, untestable }: PaperClaim,
  { dataset, model, difference, testRows, seeds, rowsWithFive }: Settlement,
): string {
  if (untestable !== undefined) return 'No method of this project is the paper’s.';
  if (metric === 'other') return 'No run of this project gives the metric.';
  if (dataset === undefined) return 'No data set of this project is the paper’s.';
  if (model === undefined) return 'No model of this project is the paper’s.';
  const plan =
    seeds === undefined
      ? `No number of seeds shows ${formatMargin(difference)} on ${formatCount(testRows)} test rows`
      : `About ${seeds} seeds show ${formatMargin(difference)} on ${formatCount(testRows)} test rows`;
  const rows =
    seeds === undefined && rowsWithFive !== undefined
      ? `; five seeds show it on ${formatCount(rowsWithFive)}`
      : '';
  return `${plan}${rows}, by the noise known here.`;
}

/** Empty if no run would settle it. */
function commandOf(
  { metric, method, against, untestable }: PaperClaim,
  { dataset, model, ratios, seeds }: Settlement,
): string {
  if (untestable !== undefined || metric === 'other') return '';
  if (dataset === undefined || model === undefined) return '';
  const methods = [method, ...(against === baseline ? [] : [against])].join();
  const named = /[()]/.test(methods) ? `'${methods}'` : methods;
  const numbers = ratios.map((ratio) => String(ratio)).join();
  return `npm run bench -- --method ${named} --compression ${numbers} --dataset ${dataset} --data FILE --model ${model} --seeds ${seeds ?? 5}`;
}
