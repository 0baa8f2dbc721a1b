import type { TopLevelSpec } from 'vega-lite';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { changesByFrequency } from '../../analysis/summary/by-frequency.ts';
import type { GroupScores } from '../../results/quality-record.ts';
import { formatChange, formatCount, formatEstimate } from '../format.ts';
import { changeAxis, digits, errorBar, noChange } from './axes.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';
import { qualityDomain } from './quality-domain.ts';
import { rowText } from './row-text.ts';
import { tooltip } from './tooltip.ts';
import { colorScale, shapeScale } from './series-scales.ts';
import type { Zoom } from './svg.ts';

export interface FrequencyInput {
  /** The rows of one budget. */
  readonly rows: readonly CompletedRow[];
  readonly full: CompletedRow;
}

interface FrequencyPoint {
  readonly series: string;
  /** Position of its group, shifted to stand beside the other marks in it. */
  readonly place: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly description: string;
}

/**
 * AUC minus the baseline's on test rows with rare, less rare and frequent ids, a line for every method: one that falls to
 * the left loses on rare ids. Marks of a group stand side by side, so that their error bars can be told apart. Undefined
 * where records have no groups.
 */
export function frequencyChart({ rows, full }: FrequencyInput, width: number): TopLevelSpec | undefined {
  const changed = rows
    .filter(({ series }) => series.method !== baseline)
    .map((row) => ({ row, changes: changesByFrequency(row, full) }))
    .filter(({ changes }) => changes.length > 0);
  const named = changed.filter(({ row }) => !row.series.muted);
  if (named.length === 0) return undefined;
  const groups = [
    ...new Map(
      changed.flatMap(({ changes }) => changes).map(({ scores }) => [scores.group, scores]),
    ).values(),
  ];
  const padding = { left: 54, right: 14, top: 8, bottom: 56 };
  const domain = qualityDomain(
    [...named.flatMap(({ changes }) => changes.map(({ change }) => change)), noChange],
    undefined,
  );
  const pointsOf = (members: typeof changed): FrequencyPoint[] =>
    members.flatMap(({ row, changes }) =>
      changes.map(({ scores, change }) => ({
        series: row.series.key,
        place: digits(groups.findIndex(({ group }) => group === scores.group) + besides(row, named)),
        ...errorBar(change),
        description: rowText(row, [`on the ${scores.group} ${formatEstimate(change, formatChange)}`]),
      })),
    );
  const points = pointsOf(named);
  const muted = pointsOf(changed.filter(({ row }) => row.series.muted));
  const series = named.map(({ row }) => row.series);
  const color = colorScale(series);
  const spec = {
    width: width - padding.left - padding.right,
    height: 220,
    padding,
    autosize: 'none',
    usermeta: { zoom: 'y' satisfies Zoom },
    data: { values: points },
    encoding: {
      x: {
        field: 'place',
        type: 'quantitative',
        scale: { domain: [-0.5, groups.length - 0.5], nice: false, zero: false },
        axis: {
          title: null,
          grid: false,
          values: groups.map((_, place) => place),
          // This expression holds numbers and names of groups alone.
          labelExpr: `${JSON.stringify(groups.map(groupLabel))}[datum.value]`,
          labelOverlap: false,
        },
      },
      y: changeAxis(domain, 5),
    },
    layer: [
      {
        data: { values: muted },
        mark: { type: 'line', strokeWidth: 1, stroke: 'var(--series-rest)', clip: true },
        encoding: { detail: { field: 'series' }, ...tooltip },
      },
      {
        name: 'keep_across_0_rule',
        data: { values: [{ value: 0 }] },
        mark: { type: 'rule', stroke: 'var(--series-full)', strokeWidth: 1 },
        encoding: { x: { value: 0 }, x2: { value: 'width' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'line', strokeWidth: 1.5, opacity: 0.6 },
        encoding: { color, detail: { field: 'series' } },
      },
      {
        mark: { type: 'point', size: 50, strokeWidth: 1.5, opacity: 1, filled: true },
        encoding: { color, shape: shapeScale(series), ...tooltip },
      },
    ].filter(({ data }) => data === undefined || data.values.length > 0),
  };
  return spec as unknown as TopLevelSpec;
}

/** The shift of a mark within its group, -0.3 to 0.3, in the order of rows; muted ones stand in the middle. */
function besides(row: CompletedRow, named: readonly { readonly row: CompletedRow }[]): number {
  const index = named.findIndex((one) => one.row === row);
  return index < 0 || named.length < 2 ? 0 : (index / (named.length - 1) - 0.5) * 0.6;
}

function groupLabel({ group, rows, seen }: GroupScores): string[] {
  const { least: min, most: max } = seen;
  const times = min === max ? formatCount(max) : `${formatCount(min)}–${formatCount(max)}`;
  return [group, `seen ${times} ×`, `${formatCount(rows)} rows`];
}
