import type { TopLevelSpec } from 'vega-lite';
import type { BudgetRanking } from '../../analysis/verdicts/ranking.ts';
import { formatChange, formatEstimate, formatRatio } from '../format.ts';
import { type CompletedRow, changeFromFull } from '../../analysis/summary/rows.ts';
import { labelRoom, shortLabel } from './label-room.ts';
import { qualityDomain } from './quality-domain.ts';
import { changeAxis, errorBar, noChange } from './axes.ts';
import { memoryText, rowText } from './row-text.ts';
import { tooltip } from './tooltip.ts';
import { colorScale, shapeScale } from './series-scales.ts';

const headingStep = 24;
const rowStep = 16;
const groupGap = 8;

/**
 * AUC minus the baseline's, a heading for every budget and under it a line for every method that charts name, the best
 * first; the others share one line. Rows that are best or equivalent have a green background. Undefined if nothing can
 * be compared with the baseline.
 */
export function aucRankingChart(rankings: readonly BudgetRanking[], width: number): TopLevelSpec | undefined {
  const budgets = rankings.map(({ requested, leader, rivals, standings }) => {
    const completed = [...(leader === undefined ? [] : [leader]), ...rivals].filter(
      ({ change }) => change !== undefined,
    );
    const rows = completed.toSorted((a, b) => b.change!.value - a.change!.value);
    return {
      budget: formatRatio(requested),
      isGood: (row: CompletedRow) => ['best', 'equivalent'].includes(standings.get(row)!.verdict),
      named: rows.filter(({ series }) => !series.muted),
      muted: rows.filter(({ series }) => series.muted),
    };
  });
  const named = budgets.flatMap((one) => one.named);
  if (named.length === 0) return undefined;
  const { headings, lanes, marks, height } = layOut(budgets);
  const series = [...new Map(named.map((row) => [row.series.key, row.series])).values()];
  const domain = qualityDomain([...named.map((row) => changeFromFull(row)!), noChange], undefined);
  const padding = {
    left: Math.min(labelRoom(lanes.map(({ label }) => label)) + 10, width * 0.45),
    right: 10,
    top: 0,
    bottom: 22,
  };
  const plotWidth = width - padding.left - padding.right;
  const y = { field: 'y', type: 'quantitative', scale: { domain: [height, 0], nice: false }, axis: null };
  const x = changeAxis(domain, 4, { labelFlush: true });
  const color = colorScale(series);
  const spec = {
    width: plotWidth,
    height,
    padding,
    autosize: 'none',
    data: { values: marks.filter(({ muted }) => !muted) },
    encoding: { y },
    layer: [
      {
        data: { values: lanes.filter(({ good }) => good) },
        mark: { type: 'rect', fill: 'var(--equivalent)' },
        encoding: {
          x: { value: -padding.left },
          x2: { value: plotWidth },
          y: { ...y, field: 'top' },
          y2: { field: 'bottom' },
        },
      },
      {
        data: { values: [{ value: 0 }] },
        mark: { type: 'rule', stroke: 'var(--series-full)', strokeWidth: 1 },
        encoding: { x, y: { value: headingStep }, y2: { value: height } },
      },
      {
        data: { values: marks.filter(({ muted }) => muted) },
        mark: { type: 'point', filled: true, size: 22, opacity: 1, fill: 'var(--series-rest)', clip: true },
        encoding: { x, ...tooltip },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', size: 50, strokeWidth: 1.5, opacity: 1, filled: true, clip: true },
        encoding: { x, color, shape: shapeScale(series), ...tooltip },
      },
      {
        data: { values: lanes },
        mark: { type: 'text', align: 'right', baseline: 'middle', limit: 1000 },
        encoding: { x: { value: -8 }, text: { field: 'label' } },
      },
      {
        data: { values: headings },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: 'bold', fill: 'var(--muted)' },
        encoding: { x: { value: -padding.left }, text: { field: 'text' } },
      },
    ].filter(({ data }) => data === undefined || data.values.length > 0),
  };
  return spec as unknown as TopLevelSpec;
}

interface Budget {
  readonly budget: string;
  readonly isGood: (row: CompletedRow) => boolean;
  readonly named: readonly CompletedRow[];
  readonly muted: readonly CompletedRow[];
}

/** Positions in pixels from the top. */
function layOut(budgets: readonly Budget[]) {
  const headings: { y: number; text: string }[] = [];
  const lanes: { y: number; top: number; bottom: number; label: string; good: boolean }[] = [];
  const marks: ReturnType<typeof markOf>[] = [];
  let height = 0;
  const lane = (label: string, rows: readonly CompletedRow[], good: boolean) => {
    const y = height + rowStep / 2;
    lanes.push({ y, top: height, bottom: height + rowStep, label, good });
    marks.push(...rows.map((row) => markOf(row, y)));
    height += rowStep;
  };
  for (const { budget, isGood, named, muted } of budgets) {
    headings.push({ y: height + headingStep / 2, text: budget });
    height += headingStep;
    for (const row of named) lane(shortLabel(row.series.label), [row], isGood(row));
    if (muted.length > 0) lane(`${muted.length} ${muted.length === 1 ? 'other' : 'others'}`, muted, false);
    height += groupGap;
  }
  return { headings, lanes, marks, height };
}

function markOf(row: CompletedRow, y: number) {
  const change = changeFromFull(row)!;
  return {
    series: row.series.key,
    muted: row.series.muted,
    y,
    ...errorBar(change),
    description: rowText(row, [
      `AUC against full ${formatEstimate(change, formatChange)}`,
      ...memoryText(row).slice(-1),
    ]),
  };
}
