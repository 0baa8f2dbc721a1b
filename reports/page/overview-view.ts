import { baseline } from '../../results/comparable.ts';
import type { Environment } from '../../results/record.ts';
import { type Claim, standingOf } from '../claims.ts';
import { formatBytes, formatChange, formatFixed, formatRatio } from '../format.ts';
import type { Series } from '../series.ts';
import { median } from '../statistics.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from '../summary.ts';
import { timesFull } from '../training-time.ts';
import { methodWords } from './method-words.ts';
import { symbolOf } from './symbols.ts';

/** What overview.hbs reads: many methods at a glance, a row for each and a column for every budget. */
export interface OverviewView {
  /** Id of the note above the table. */
  readonly note: string;
  /** What the cells of budgets are. */
  readonly compared: string;
  readonly columns: readonly { readonly label: string; readonly meaning: string }[];
  readonly rows: readonly {
    readonly label: string;
    /** Id of the card of its method. */
    readonly anchor: string;
    readonly title: string | undefined;
    readonly symbol: string;
    readonly words: string;
    /** At any budget. */
    readonly standings: string;
    readonly cells: readonly OverviewCell[];
  }[];
}

interface OverviewCell {
  readonly text: string;
  readonly error: string | undefined;
  readonly sort: number | undefined;
  /** Of a budget: whether it is the best, not to be told from it, or without a number. */
  readonly standing: '' | 'winner' | 'tied' | 'missing';
  /** On hovering. */
  readonly meaning: string;
}

/** Undefined where there are few methods: the table of all numbers is as short. */
export function overviewView(
  rows: readonly SummaryRow[],
  claims: readonly Claim[],
  {
    id,
    methods,
    anchors,
  }: { readonly id: string; readonly anchors: ReadonlyMap<string, string> } & Pick<Environment, 'methods'>,
): OverviewView | undefined {
  const series = [...new Set(rows.map((row) => row.series))];
  if (!series.some(({ quiet }) => quiet)) return undefined;
  const full = rows.filter(isCompleted).find((row) => row.series.method === baseline);
  const budgets = [...new Set(rows.map((row) => row.requested))].filter((requested) => requested > 1);
  const compared = full === undefined ? 'test AUC' : `test AUC minus that of ${baseline}`;
  const speeds = speedColumns(full, rows);
  return {
    note: `${id}-overview`,
    compared,
    columns: [
      ...budgets.map((requested) => ({
        label: formatRatio(requested),
        meaning: `${compared} at ${formatRatio(requested)}, mean ± 95 % interval over seeds`,
      })),
      ...speeds.map(({ label, meaning }) => ({ label, meaning })),
    ],
    rows: byMeanRank(series, budgets, rows).map((one) => {
      const own = rows.filter((row) => row.series === one);
      return {
        label: one.label,
        anchor: anchors.get(one.method)!,
        title: methods?.[one.method]?.title,
        symbol: symbolOf(one),
        words: methodWords(one, methods),
        standings: [...new Set(own.map((row) => standingOf(row, claims)))].join(' '),
        cells: [
          ...budgets.map((requested) =>
            budgetCell(
              own.find((row) => row.requested === requested),
              claims,
            ),
          ),
          ...speeds.map(({ of }) => timesCell(own.filter(isCompleted).flatMap((row) => of(row) ?? []))),
        ],
      };
    }),
  };
}

/** By the mean of their ranks at all budgets, of which rows come with the best first; without a number is last. */
function byMeanRank(
  series: readonly Series[],
  budgets: readonly number[],
  rows: readonly SummaryRow[],
): Series[] {
  const ranks = new Map(series.map((one) => [one, 0]));
  for (const requested of budgets) {
    const members = rows.filter((row) => row.requested === requested && isCompleted(row));
    for (const one of series) {
      const place = members.findIndex((row) => row.series === one);
      ranks.set(one, ranks.get(one)! + (place < 0 ? series.length : place));
    }
  }
  return series
    .filter(({ method }) => method !== baseline)
    .sort((a, b) => ranks.get(a)! - ranks.get(b)! || (a.key < b.key ? -1 : 1));
}

function budgetCell(row: SummaryRow | undefined, claims: readonly Claim[]): OverviewCell {
  if (row === undefined)
    return { text: '–', error: undefined, sort: undefined, standing: 'missing', meaning: 'not asked for' };
  if (!isCompleted(row)) {
    const needs = row.smallestBytes === undefined ? '' : `needs at least ${formatBytes(row.smallestBytes)}: `;
    const text = row.status === 'failed' ? 'failed' : '–';
    return { text, error: undefined, sort: undefined, standing: 'missing', meaning: `${row.status}: ${needs}${row.error}` }; // prettier-ignore
  }
  const claim = claims.find(({ winners }) => winners.has(row));
  const standing = claim === undefined ? '' : claim.standing.best === row ? 'winner' : 'tied';
  const { change, estimates } = row;
  const shown = change ?? estimates.auc;
  const words = { '': 'behind the best', winner: 'the highest', tied: 'not to be told from the best' };
  return {
    text: change === undefined ? formatFixed(shown.value) : formatChange(shown.value),
    error: shown.error === undefined ? undefined : `± ${formatFixed(shown.error)}`,
    sort: shown.value,
    standing,
    meaning: `test AUC ${formatFixed(estimates.auc.value)}, ${words[standing]}`,
  };
}

interface SpeedColumn {
  readonly label: string;
  readonly meaning: string;
  readonly of: (row: CompletedRow) => number | undefined;
}

/** Relative to the baseline, for times alone mean nothing to a reader with another machine. */
function speedColumns(full: CompletedRow | undefined, rows: readonly SummaryRow[]): SpeedColumn[] {
  if (full === undefined) return [];
  const known = rows.filter(isCompleted).some((row) => timesFull(row, full) !== undefined);
  const time: SpeedColumn = {
    label: 'Train time',
    meaning: `seconds of training, all stages, times those of ${baseline}; median over budgets`,
    of: (row) => timesFull(row, full),
  };
  const inference = full.estimates.inferenceSpeed.value;
  const speed: SpeedColumn = {
    label: 'Inference',
    meaning: `samples per second of scoring, times those of ${baseline}; median over budgets`,
    of: ({ estimates }) => estimates.inferenceSpeed.value / inference,
  };
  return known ? [time, speed] : [speed];
}

function timesCell(values: readonly number[]): OverviewCell {
  const common = { error: undefined, standing: '' as const, meaning: '' };
  if (values.length === 0) return { ...common, text: '–', sort: undefined };
  const value = median(values);
  return { ...common, text: `× ${formatFixed(value, 2)}`, sort: value };
}
