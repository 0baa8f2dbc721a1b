import { baseline } from '../../results/comparable.ts';
import type { RateChoice } from '../../results/chosen-rate.ts';
import type { Environment } from '../../results/record.ts';
import { type Claim, standingOf } from '../claims.ts';
import { formatAchieved, formatBytes, formatChange, formatFixed, formatRatio } from '../format.ts';
import { type Metric, type MetricName, isBetter, metrics } from '../metrics.ts';
import { choiceOf, trialsText } from '../rates.ts';
import { intervalOf } from '../statistics.ts';
import { type CompletedRow, type SummaryRow, isCompleted } from '../summary.ts';
import { secondsText, stagesText, timesFull } from '../training-time.ts';
import { type Fact, factsOf } from './facts.ts';
import { methodWords } from './method-words.ts';
import { symbolOf } from './symbols.ts';

/** What summary-table.hbs reads. Text is unescaped; the template escapes it. */
export interface TableView {
  /** Id of the note above the table. */
  readonly note: string;
  /** Columns with the method's name. */
  readonly width: number;
  readonly columns: readonly { label: string; meaning: string }[];
  readonly budgets: readonly { heading: string; note: string; rows: readonly RowView[] }[];
}

interface RowView {
  readonly label: string;
  readonly symbol: string;
  readonly title: string | undefined;
  /** For the filter, as is its standing. */
  readonly words: string;
  readonly standing: string;
  readonly options: readonly Fact[];
  readonly choices: readonly Fact[];
  /** Whether there is anything to unfold. */
  readonly folded: boolean;
  /** For the highest AUC of a budget: "best", "tied", or "highest" where one seed cannot say more. */
  readonly badge: string | undefined;
  readonly cells: readonly CellView[];
  /** Instead of cells, for a row without a number. */
  readonly missing: { readonly status: string; readonly error: string } | undefined;
  readonly lost: string | undefined;
}

interface CellView {
  readonly text: string;
  readonly error: string | undefined;
  readonly sort: number | undefined;
  readonly best: boolean;
}

interface Column {
  readonly label: string;
  readonly meaning: string;
  readonly cell: (row: CompletedRow) => CellView;
}

const columns: readonly Column[] = [
  measured('auc'),
  {
    label: `vs ${baseline}`,
    meaning: `test AUC minus that of ${baseline}, paired by seed, mean ± 95 % interval`,
    cell: ({ change }) =>
      change === undefined
        ? { text: '–', error: undefined, sort: undefined, best: false }
        : {
            text: formatChange(change.value),
            error: errorText(change.error, formatFixed),
            sort: change.value,
            best: false,
          },
  },
  measured('logloss'),
  {
    label: 'Achieved',
    meaning: 'compression achieved: full fp32 bytes / serving bytes',
    cell: ({ achieved }) => ({
      text: formatAchieved(achieved),
      error: undefined,
      sort: achieved,
      best: false,
    }),
  },
  measured('servingBytes'),
  measured('parameters'),
  measured('trainingBytes'),
  measured('trainSpeed'),
  measured('inferenceSpeed'),
  measured('lookupSpeed'),
  measured('peakRssBytes'),
  {
    label: 'Seeds',
    meaning: 'runs that completed',
    cell: ({ runs }) => ({ text: String(runs.length), error: undefined, sort: runs.length, best: false }),
  },
];

/** Only where scores were kept. */
const rowsColumn: Column = {
  label: '± test rows',
  meaning:
    `of the test AUC minus that of ${baseline}: 95 % interval over test rows for these very models (DeLong); ` +
    'then over seeds and test rows together',
  cell({ changeOnRows }) {
    if (changeOnRows === undefined) return { text: '–', error: undefined, sort: undefined, best: false };
    const [rows, both] = [changeOnRows.overRows, changeOnRows.overBoth].map((one) => intervalOf(one));
    return {
      text: errorText(rows.error, formatFixed)!,
      error: rows.count === 1 ? undefined : `both ${errorText(both.error, formatFixed)}`,
      sort: rows.error,
      best: false,
    };
  },
};

/** Only where validation chose it. */
const rateColumn: Column = {
  label: 'Rate',
  meaning: 'learning rate that validation chose',
  cell: ({ runs: [{ learningRate }] }) => ({
    text: String(learningRate),
    error: undefined,
    sort: learningRate,
    best: false,
  }),
};

/** Only where records say what training took. */
const trainTimeColumn = (full: CompletedRow | undefined): Column => ({
  label: 'Train time',
  meaning: `seconds of training, all stages and what comes between them, median over seeds, and times that of ${baseline}`,
  cell(row) {
    const times = timesFull(row, full);
    return {
      text: row.trainSeconds === undefined ? '–' : secondsText(row.trainSeconds.value),
      error: times === undefined ? undefined : `× ${formatFixed(times, 2)}`,
      sort: row.trainSeconds?.value,
      best: false,
    };
  },
});

/** Metrics in which the best row of a budget stands out; sizes are given by the budget. */
const contested: readonly MetricName[] = ['logloss', 'trainSpeed', 'inferenceSpeed', 'lookupSpeed'];

export function tableView(
  rows: readonly SummaryRow[],
  claims: readonly Claim[],
  {
    id,
    environment,
    rates,
  }: {
    readonly id: string;
    readonly environment: Environment;
    readonly rates: readonly RateChoice[];
  },
): TableView {
  const completed = rows.filter(isCompleted);
  const full = completed.find(({ series }) => series.method === baseline);
  const [auc, change, ...others] = columns;
  const shown = [
    ...[auc, change],
    ...(completed.some(({ changeOnRows }) => changeOnRows !== undefined) ? [rowsColumn] : []),
    ...others,
    ...(completed.some(({ trainSeconds }) => trainSeconds !== undefined) ? [trainTimeColumn(full)] : []),
    ...(rates.length > 0 ? [rateColumn] : []),
  ];
  const fullBytes = rows.find(isCompleted)?.runs[0].size.fullBytes;
  const budgets = [...new Set(rows.map((row) => row.requested))].map((requested) => {
    const members = rows.filter((row) => row.requested === requested);
    return {
      heading: formatRatio(requested),
      note: budgetNote(requested, fullBytes),
      rows: members.map((row) => rowView(row, { members, shown, claims, environment, rates })),
    };
  });
  return {
    note: `${id}-table`,
    width: shown.length + 1,
    columns: shown.map(({ label, meaning }) => ({ label, meaning })),
    budgets,
  };
}

function budgetNote(requested: number, fullBytes: number | undefined): string {
  if (requested === 1) return 'uncompressed';
  return fullBytes === undefined ? '' : `at most ${formatBytes(fullBytes / requested)}`;
}

/** What a row is seen with. */
interface Around {
  /** Of its budget. */
  readonly members: readonly SummaryRow[];
  readonly shown: readonly Column[];
  readonly claims: readonly Claim[];
  readonly environment: Environment;
  readonly rates: readonly RateChoice[];
}

function rowView(row: SummaryRow, { members, shown, claims, environment, rates }: Around): RowView {
  const winners = claims.find((claim) => claim.winners.has(row))?.winners;
  const rivals = members.filter(isCompleted);
  const choice = choiceOf(row, rates);
  const tried = choice === undefined ? {} : { 'validation AUC at learning rate': trialsText(choice) };
  const options = [...factsOf(row.series.options), ...factsOf(tried)];
  const stages = isCompleted(row) && row.runs[0].stages ? { stages: stagesText(row.runs) } : {};
  const choices = isCompleted(row) ? [...factsOf(row.runs[0].choices), ...factsOf(stages)] : [];
  return {
    label: row.series.label,
    symbol: symbolOf(row.series),
    title: environment.methods?.[row.series.method]?.title,
    words: methodWords(row.series, environment.methods),
    standing: standingOf(row, claims),
    options,
    choices,
    folded: options.length + choices.length > 0,
    badge: winners === undefined || rivals.length < 2 ? undefined : badgeOf(row, winners),
    cells: isCompleted(row)
      ? shown.map(({ label, cell }) => ({ ...cell(row), best: isBest(label, row, rivals) }))
      : [],
    missing: isCompleted(row) ? undefined : { status: row.status, error: missingText(row) },
    lost: isCompleted(row) && row.lost.length > 0 ? `${row.lost.length} more failed` : undefined,
  };
}

function badgeOf(row: SummaryRow, winners: ReadonlySet<SummaryRow>): string {
  if (winners.size > 1) return 'tied';
  return row.runs.length === 1 ? 'highest' : 'best';
}

function isBest(column: string, row: CompletedRow, rivals: readonly CompletedRow[]): boolean {
  const name = contested.find((candidate) => metrics[candidate].label === column);
  if (name === undefined || rivals.length < 2) return false;
  const value = row.estimates[name].value;
  return !rivals.some((rival) => isBetter(metrics[name], rival.estimates[name].value, value));
}

function missingText(row: Exclude<SummaryRow, CompletedRow>): string {
  return row.smallestBytes === undefined ? row.error : `needs at least ${formatBytes(row.smallestBytes)}`;
}

function measured(name: MetricName) {
  const metric: Metric = metrics[name];
  return {
    label: metric.label,
    meaning: metric.meaning,
    cell: ({ estimates }: CompletedRow): CellView => ({
      text: metric.format(estimates[name].value),
      error: errorText(estimates[name].error, metric.format),
      sort: estimates[name].value,
      best: false,
    }),
  };
}

function errorText(error: number | undefined, format: (value: number) => string): string | undefined {
  return error === undefined ? undefined : `± ${format(error)}`;
}
