import type { RateChoice } from '../../analysis/comparisons/chosen-rate.ts';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import {
  isUnderspent,
  maxBytesWithKeys,
  maxServingBytes,
  shareSpent,
  wellSpent,
} from '../../analysis/summary/budget-spent.ts';
import type { CostName } from '../../analysis/summary/costs.ts';
import type { MetricName } from '../../analysis/summary/metrics.ts';
import { sharedTrainings } from '../../analysis/summary/shared-trainings.ts';
import { trainTimesFull } from '../../analysis/summary/relative-cost.ts';
import { type CompletedRow, baselineRow, rowIntervals } from '../../analysis/summary/rows.ts';
import { type Cell, emptyCell, estimateCell, plainCell } from '../cell.ts';
import {
  formatAchieved,
  formatBytes,
  formatChange,
  formatError,
  formatFixed,
  formatTimes,
} from '../format.ts';
import { costText } from '../cost-text.ts';
import { type MetricText, metricText } from '../metric-text.ts';
import { secondsText } from '../training-time-text.ts';

/** A number in the table of all numbers. */
export interface CellView extends Cell {
  /** True for the best of its budget. */
  readonly best: boolean;
  /** True for a share of the budget that leaves much of it unused. */
  readonly low?: boolean;
}

export interface Column {
  readonly label: string;
  readonly meaning: string;
  readonly cell: (row: CompletedRow) => Cell & Pick<CellView, 'low'>;
}

const quality: readonly Column[] = [
  measured('auc'),
  {
    label: `vs ${baseline}`,
    meaning: `test AUC minus that of ${baseline}, paired by seed, mean ± 95 % interval`,
    cell: ({ change }) => estimateCell(change, formatChange),
  },
];

const sizes: readonly Column[] = [
  measured('logloss'),
  {
    label: 'Achieved',
    meaning:
      'compression achieved: full fp32 bytes / serving bytes, with keys in both where budgets hold them',
    cell: ({ achieved }) => plainCell(formatAchieved(achieved), achieved),
  },
  {
    label: 'Spent',
    meaning: `share of the budget that is served, the largest of all seeds; marked below ${wellSpent * 100} %`,
    cell: (row) => spentCell(shareSpent(row)),
  },
  {
    label: 'Serving',
    meaning: 'bytes needed to answer lookups, without keys',
    cell: (row) => bytesCell(maxServingBytes(row)),
  },
];

const memory: readonly Column[] = [measured('parameters'), measured('trainingBytes')];

const serving: readonly Column[] = [
  measured('inferenceSpeed'),
  measured('lookupSpeed'),
  measured('peakRssBytes'),
  {
    label: 'Seeds',
    meaning: 'runs that completed',
    cell: ({ runs }) => plainCell(String(runs.length), runs.length),
  },
];

/** Shown where records have the bytes of keys. */
const keysColumn: Column = {
  label: 'With keys',
  meaning: 'serving bytes and 4 bytes for every id that is told apart from the others of its field',
  cell: (row) => bytesCell(maxBytesWithKeys(row)),
};

/** Shown where scores were kept. */
const rowsColumn: Column = {
  label: '± test rows',
  meaning:
    `error bar of the test AUC minus that of ${baseline}: 95 % interval over test rows for these very models (DeLong); ` +
    'then over seeds and test rows together',
  cell(row) {
    const intervals = rowIntervals(row);
    if (intervals === undefined) return emptyCell;
    const [rows, both] = [intervals.rows, intervals.both].map(({ error }) => formatError(error!));
    return {
      text: rows,
      error: intervals.rows.count === 1 ? undefined : `both ${both}`,
      sort: intervals.rows.error,
    };
  },
};

/** Shown where validation chose it. */
const rateColumn: Column = {
  label: 'Rate',
  meaning: 'learning rate that validation chose',
  cell: ({ runs: [{ learningRate }] }) => plainCell(String(learningRate), learningRate),
};

/** Shown where records have the times of stages. */
const trainTimeColumn = (full: CompletedRow | undefined, shared: boolean): Column => ({
  label: 'Train time',
  meaning:
    `seconds of training from beginning to end, all stages and what comes between them, median over seeds, and times that of ${baseline}` +
    (shared ? '; a stage that one run trained for several counts for each of them' : ''),
  cell(row) {
    const { trainSeconds } = row;
    if (trainSeconds === undefined) return emptyCell;
    const times = trainTimesFull(row, full);
    return {
      text: secondsText(trainSeconds.value),
      error: times === undefined ? undefined : formatTimes(times),
      sort: trainSeconds.value,
    };
  },
});

/** A cost that older records may lack. */
const costColumn = (name: CostName): Column => ({
  label: costText[name].label,
  meaning: costText[name].meaning,
  cell({ costs }) {
    const cost = costs[name];
    return cost === undefined ? emptyCell : plainCell(costText[name].format(cost.value), cost.value);
  },
});

/** The columns for which the rows of a comparison have numbers. */
export function columnsFor(rows: readonly CompletedRow[], rates: readonly RateChoice[]): Column[] {
  const known = (name: CostName) =>
    rows.some(({ costs }) => costs[name] !== undefined) ? [costColumn(name)] : [];
  return [
    ...quality,
    ...(rows.some(({ changeOnRows }) => changeOnRows !== undefined) ? [rowsColumn] : []),
    ...sizes,
    ...(rows.some((row) => maxBytesWithKeys(row) !== undefined) ? [keysColumn] : []),
    ...memory,
    ...known('trainingMemory'),
    ...known('passes'),
    measured('trainSpeed'),
    // It stands beside the speed of steps, which leaves out the work between them.
    ...(rows.some(({ trainSeconds }) => trainSeconds !== undefined)
      ? [
          trainTimeColumn(
            baselineRow(rows),
            rows.some(({ runs }) => sharedTrainings(runs).length > 0),
          ),
        ]
      : []),
    ...serving,
    ...(rates.length > 0 ? [rateColumn] : []),
  ];
}

function bytesCell(bytes: number | undefined): Cell {
  return bytes === undefined ? emptyCell : plainCell(formatBytes(bytes), bytes);
}

function spentCell(share: number): ReturnType<Column['cell']> {
  const low = isUnderspent(share);
  // Rounded down: a share that is marked must not read as 90 %.
  const text = `${formatFixed(Math.floor(share * 1000 + 1e-6) / 10, 1)} %`;
  return { text, error: low ? 'underspent' : undefined, sort: share, ...(low && { low }) };
}

function measured(name: MetricName): Column {
  const { label, meaning, format }: MetricText = metricText[name];
  return { label, meaning, cell: ({ estimates }) => estimateCell(estimates[name], format, format) };
}
