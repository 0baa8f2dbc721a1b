import type { TopLevelSpec } from 'vega-lite';
import { baseline } from '../../results/comparable.ts';
import { changesByFrequency, type FrequencyScores } from '../by-frequency.ts';
import { formatChange, formatCount, formatFixed } from '../format.ts';
import type { CompletedRow } from '../summary.ts';
import { qualityDomain } from './quality-domain.ts';
import { digits } from './quality-points.ts';
import { rowText } from './row-text.ts';
import { saying } from './saying.ts';
import { colorOf, shapeOf } from './series-scales.ts';
import type { Zoom } from './svg.ts';

export interface FrequencyInput {
  /** The rows of one budget. */
  readonly rows: readonly CompletedRow[];
  readonly full: CompletedRow;
}

interface FrequencyPoint {
  readonly series: string;
  /** Its group, and beside those of others in it. */
  readonly place: number;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly description: string;
}

/**
 * AUC minus the baseline's on test rows with rare, less rare and frequent ids, a line for every method: one that falls to
 * the left loses on rare ids. Marks of a group stand side by side, so that their error bars can be told apart. Undefined
 * where records say nothing of it.
 */
export function frequencyChart({ rows, full }: FrequencyInput, width: number): TopLevelSpec | undefined {
  const changed = rows
    .filter(({ series }) => series.method !== baseline)
    .map((row) => ({ row, changes: changesByFrequency(row, full) }))
    .filter(({ changes }) => changes.length > 0);
  const named = changed.filter(({ row }) => !row.series.quiet);
  if (named.length === 0) return undefined;
  const groups = [
    ...new Map(
      changed.flatMap(({ changes }) => changes).map(({ scores }) => [scores.group, scores]),
    ).values(),
  ];
  const padding = { left: 54, right: 14, top: 8, bottom: 56 };
  const domain = qualityDomain(
    [
      ...named.flatMap(({ changes }) => changes.map(({ change }) => change)),
      { value: 0, error: undefined, count: 1 },
    ],
    undefined,
  );
  const pointsOf = (members: typeof changed): FrequencyPoint[] =>
    members.flatMap(({ row, changes }) =>
      changes.map(({ scores, change }) => ({
        series: row.series.key,
        place: digits(groups.findIndex(({ group }) => group === scores.group) + besides(row, named)),
        value: digits(change.value),
        low: digits(change.value - (change.error ?? 0)),
        high: digits(change.value + (change.error ?? 0)),
        description: rowText(row, [
          `on the ${scores.group} ${formatChange(change.value)}${change.error === undefined ? '' : ` ± ${formatFixed(change.error)}`}`,
        ]),
      })),
    );
  const points = pointsOf(named);
  const quiet = pointsOf(changed.filter(({ row }) => row.series.quiet));
  const series = named.map(({ row }) => row.series);
  const color = colorOf(series);
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
          // Only numbers and names of groups reach this expression.
          labelExpr: `${JSON.stringify(groups.map(groupLabel))}[datum.value]`,
          labelOverlap: false,
        },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { domain, nice: false, zero: false },
        axis: {
          title: null,
          labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+.4~f')",
          tickCount: 5,
        },
      },
    },
    layer: [
      {
        data: { values: quiet },
        mark: { type: 'line', strokeWidth: 1, stroke: 'var(--series-rest)', clip: true },
        encoding: { detail: { field: 'series' }, ...saying },
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
        encoding: { color, shape: shapeOf(series), ...saying },
      },
    ].filter(({ data }) => data === undefined || data.values.length > 0),
  };
  return spec as unknown as TopLevelSpec;
}

/** From -0.3 to 0.3, in the order of rows; quiet ones, without error bars, are in the middle. */
function besides(row: CompletedRow, named: readonly { readonly row: CompletedRow }[]): number {
  const index = named.findIndex((one) => one.row === row);
  return index < 0 || named.length < 2 ? 0 : (index / (named.length - 1) - 0.5) * 0.6;
}

function groupLabel({ group, rows, seen: { least, most } }: FrequencyScores): string[] {
  const times = least === most ? formatCount(most) : `${formatCount(least)}–${formatCount(most)}`;
  return [group, `seen ${times} ×`, `${formatCount(rows)} rows`];
}
