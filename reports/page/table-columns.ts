import type { RateChoice } from '../../results/chosen-rate.ts';
import { baseline } from '../../results/comparable.ts';
import { budgetSpent, bytesWithKeys, wellSpent } from '../../results/counted-bytes.ts';
import type { CompletedRun } from '../../results/record.ts';
import { formatAchieved, formatBytes, formatChange, formatFixed } from '../format.ts';
import { type Metric, type MetricName, metrics } from '../metrics.ts';
import { intervalOf } from '../statistics.ts';
import type { CompletedRow } from '../summary.ts';
import { secondsText, timesFull } from '../training-time.ts';

/** A number as the table of all numbers shows it. */
export interface CellView {
  readonly text: string;
  readonly error: string | undefined;
  readonly sort: number | undefined;
  readonly best: boolean;
  /** Of a share of the budget: much of it is left. */
  readonly low?: boolean;
}

export interface Column {
  readonly label: string;
  readonly meaning: string;
  readonly cell: (row: CompletedRow) => CellView;
}

const quality: readonly Column[] = [
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
];

const sizes: readonly Column[] = [
  measured('logloss'),
  {
    label: 'Achieved',
    meaning:
      'compression achieved: full fp32 bytes / serving bytes, with keys in both where budgets hold them',
    cell: ({ achieved }) => ({
      text: formatAchieved(achieved),
      error: undefined,
      sort: achieved,
      best: false,
    }),
  },
  {
    label: 'Spent',
    meaning: `share of the budget that is served, the largest of all seeds; marked below ${wellSpent * 100} %`,
    cell: ({ runs }) => spentCell(Math.max(...runs.map(budgetSpent))),
  },
  bytesColumn('Serving', 'bytes needed to answer look-ups, without keys', ({ size }) => size.servingBytes),
];

const others: readonly Column[] = [
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

/** Only where records say what keys take. */
const keysColumn = bytesColumn(
  'With keys',
  'serving bytes and 4 bytes for every id that is told apart from the others of its field',
  bytesWithKeys,
);

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
  meaning: `seconds of training from beginning to end, all stages and what comes between them, median over seeds, and times that of ${baseline}`,
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

/** What the rows of a comparison have. */
export function columnsFor(rows: readonly CompletedRow[], rates: readonly RateChoice[]): Column[] {
  const full = rows.find(({ series }) => series.method === baseline);
  const withKeys = rows.some(({ runs }) => runs.some((run) => bytesWithKeys(run) !== undefined));
  return [
    ...quality,
    ...(rows.some(({ changeOnRows }) => changeOnRows !== undefined) ? [rowsColumn] : []),
    ...sizes,
    ...(withKeys ? [keysColumn] : []),
    ...others,
    ...(rows.some(({ trainSeconds }) => trainSeconds !== undefined) ? [trainTimeColumn(full)] : []),
    ...(rates.length > 0 ? [rateColumn] : []),
  ];
}

function bytesColumn(label: string, meaning: string, of: (run: CompletedRun) => number | undefined): Column {
  return {
    label,
    meaning,
    cell({ runs }) {
      const known = runs.flatMap((run) => of(run) ?? []);
      if (known.length === 0) return { text: '–', error: undefined, sort: undefined, best: false };
      const most = Math.max(...known);
      return { text: formatBytes(most), error: undefined, sort: most, best: false };
    },
  };
}

function spentCell(share: number): CellView {
  const low = share < wellSpent;
  // Rounded down: what is marked does not read as 90 %.
  const text = `${formatFixed(Math.floor(share * 1000 + 1e-6) / 10, 1)} %`;
  return { text, error: low ? 'underspent' : undefined, sort: share, best: false, ...(low && { low }) };
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
