import type { RateChoice } from '../../results/chosen-rate.ts';
import { baseline } from '../../results/comparable.ts';
import { formatAchieved, formatChange, formatFixed } from '../format.ts';
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
}

export interface Column {
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

/** What the rows of a comparison have. */
export function columnsFor(rows: readonly CompletedRow[], rates: readonly RateChoice[]): Column[] {
  const full = rows.find(({ series }) => series.method === baseline);
  const [auc, change, ...others] = columns;
  return [
    ...[auc, change],
    ...(rows.some(({ changeOnRows }) => changeOnRows !== undefined) ? [rowsColumn] : []),
    ...others,
    ...(rows.some(({ trainSeconds }) => trainSeconds !== undefined) ? [trainTimeColumn(full)] : []),
    ...(rates.length > 0 ? [rateColumn] : []),
  ];
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
