import { baseline } from '../../analysis/comparisons/comparable.ts';
import { inferenceTimesFull, overBudgets, trainTimesFull } from '../../analysis/summary/relative-cost.ts';
import {
  type CompletedRow,
  type SummaryRow,
  baselineRow,
  compressedBudgets,
  isCompleted,
} from '../../analysis/summary/rows.ts';
import { byMeanRank } from '../../analysis/verdicts/mean-rank.ts';
import { type Ranking, isLeader, rowVerdict, standingName } from '../../analysis/verdicts/ranking.ts';
import type { Environment } from '../../results/environment.ts';
import { type Cell, emptyCell, estimateCell, plainCell } from '../cell.ts';
import { formatChange, formatFixed, formatRatio, formatTimes } from '../format.ts';
import { needsText } from '../unfinished-view.ts';
import { methodWords } from './method-words.ts';
import { symbolOf } from './symbols.ts';

/** Many methods at a glance, a row for each and a column for every budget, as overview.hbs reads them. */
export interface OverviewView {
  /** Id of the note above the table. */
  readonly note: string;
  /** The quantity in the cells of budgets. */
  readonly compared: string;
  readonly columns: readonly { readonly label: string; readonly meaning: string }[];
  readonly rows: readonly {
    readonly label: string;
    /** Id of the card of its method. */
    readonly anchor: string;
    readonly title: string | undefined;
    readonly symbol: string;
    readonly words: string;
    /** Its verdicts at all budgets, for the filter. */
    readonly standings: string;
    readonly cells: readonly OverviewCell[];
  }[];
}

interface OverviewCell extends Cell {
  /** The verdict on a budget's row, where the cell stands out. */
  readonly standing: '' | 'best' | 'highest' | 'equivalent' | 'undecided' | 'worse' | 'missing';
  /** The tooltip. */
  readonly meaning: string;
}

/** Undefined if there are few methods: the table of all numbers is as short. */
export function overviewView(
  rows: readonly SummaryRow[],
  rankings: readonly Ranking[],
  {
    id,
    methods,
    anchors,
  }: { readonly id: string; readonly anchors: ReadonlyMap<string, string> } & Pick<Environment, 'methods'>,
): OverviewView | undefined {
  if (!rows.some(({ series }) => series.muted)) return undefined;
  const full = baselineRow(rows);
  const budgets = compressedBudgets(rows);
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
    rows: byMeanRank(rows).map((series) => {
      const own = rows.filter((row) => row.series === series);
      const rowAt = (requested: number) => own.find((row) => row.requested === requested);
      return {
        label: series.label,
        anchor: anchors.get(series.method)!,
        title: methods?.[series.method]?.title,
        symbol: symbolOf(series),
        words: methodWords(series, methods),
        standings: [...new Set(own.map((row) => standingName(rowVerdict(row, rankings))))].join(' '),
        cells: [
          ...budgets.map((requested) => budgetCell(rowAt(requested), rankings)),
          ...speeds.map(({ of }) => timesCell(overBudgets(own.filter(isCompleted), of))),
        ],
      };
    }),
  };
}

function budgetCell(row: SummaryRow | undefined, rankings: readonly Ranking[]): OverviewCell {
  if (row === undefined) return { ...emptyCell, standing: 'missing', meaning: 'not asked for' };
  if (!isCompleted(row)) {
    const needs = needsText(row);
    const text = row.status === 'infeasible' ? '–' : row.status;
    const meaning = `${row.status}: ${needs === undefined ? '' : `needs ${needs}: `}${row.error}`;
    return { ...emptyCell, text, standing: 'missing', meaning };
  }
  const verdict = rowVerdict(row, rankings);
  const highest = isLeader(row, rankings);
  const shown = verdict === 'equivalent' || verdict === 'undecided' || verdict === 'worse' ? verdict : '';
  const standing = highest ? (verdict === 'best' ? 'best' : 'highest') : shown;
  const { change, estimates } = row;
  const words = [...(highest ? ['the highest'] : []), ...(verdict === '' ? [] : [verdict])];
  return {
    ...(change === undefined ? estimateCell(estimates.auc) : estimateCell(change, formatChange)),
    standing,
    meaning: [`test AUC ${formatFixed(estimates.auc.value)}`, ...words].join(', '),
  };
}

interface SpeedColumn {
  readonly label: string;
  readonly meaning: string;
  readonly of: (row: CompletedRow) => number | undefined;
}

/** Costs relative to the baseline: seconds alone mean nothing to a reader with another machine. */
function speedColumns(full: CompletedRow | undefined, rows: readonly SummaryRow[]): SpeedColumn[] {
  if (full === undefined) return [];
  const time: SpeedColumn = {
    label: 'Train time',
    meaning: `seconds of training, all stages, times those of ${baseline}; median over budgets`,
    of: (row) => trainTimesFull(row, full),
  };
  const speed: SpeedColumn = {
    label: 'Inference',
    meaning: `samples per second of scoring, times those of ${baseline}; median over budgets`,
    of: (row) => inferenceTimesFull(row, full),
  };
  const known = rows.filter(isCompleted).some((row) => time.of(row) !== undefined);
  return known ? [time, speed] : [speed];
}

function timesCell(value: number | undefined): OverviewCell {
  const cell = value === undefined ? emptyCell : plainCell(formatTimes(value), value);
  return { ...cell, standing: '', meaning: '' };
}
