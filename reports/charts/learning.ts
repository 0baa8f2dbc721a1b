import type { TopLevelSpec } from 'vega-lite';
import { baseline } from '../../analysis/comparisons/comparable.ts';
import { formatCount, formatFixed } from '../format.ts';
import type { Series } from '../../analysis/summary/series.ts';
import { learningCurve } from '../../analysis/summary/learning-curve.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';
import { rowText } from './row-text.ts';
import type { Zoom } from './svg.ts';
import { tooltip } from './tooltip.ts';
import { colorScale } from './series-scales.ts';

export interface LearningInput {
  /** The rows of one budget, with the baseline as reference. */
  readonly rows: readonly CompletedRow[];
  /** Loss at the bottom and at the top, the same in every budget's chart. */
  readonly domain: readonly [number, number];
}

/** Points a line is drawn with: more cannot be told apart at this size. */
const pointsPerLine = 48;
const pointsPerMutedLine = 24;

interface CurvePoint {
  readonly series: string;
  readonly samples: number;
  readonly loss: number;
  /** The first point has it: Vega asks no other point of a line. */
  readonly description?: string;
}

/** Training loss by number of samples seen, mean over seeds; the first steps' fall is cut off at the top. */
export function learningChart({ rows, domain }: LearningInput, width: number): TopLevelSpec {
  const padding = { left: 44, right: 14, top: 8, bottom: 26 };
  const points = rows.flatMap(pointsOf);
  const series = [...new Set(rows.map((row) => row.series))];
  const muted = new Set(series.filter((one) => one.muted).map(({ key }) => key));
  const named = points.filter((point) => !muted.has(point.series));
  const spec = {
    width: width - padding.left - padding.right,
    height: 200,
    padding,
    autosize: 'none',
    usermeta: { zoom: 'xy' satisfies Zoom },
    encoding: {
      x: {
        field: 'samples',
        type: 'quantitative',
        scale: { nice: false, zero: true },
        axis: {
          title: null,
          grid: false,
          labelExpr: "datum.value === 0 ? '0' : format(datum.value, '~s')",
          tickCount: 4,
          domain: true,
        },
      },
      y: {
        field: 'loss',
        type: 'quantitative',
        scale: { domain, nice: false, zero: false },
        axis: { title: null, format: domain[1] - domain[0] < 0.02 ? '.3f' : '.2f', tickCount: 5 },
      },
    },
    layer: [
      ...(muted.size === 0
        ? []
        : [
            {
              data: { values: points.filter((point) => muted.has(point.series)) },
              mark: { type: 'line', clip: true, strokeWidth: 1, stroke: 'var(--series-rest)' },
              encoding: { detail: { field: 'series' }, ...tooltip },
            },
          ]),
      ...[true, false].map((reference) => ({
        data: { values: named.filter((point) => isBaseline(series, point) === reference) },
        mark: { type: 'line', clip: true, strokeWidth: reference ? 3 : 1.5, opacity: reference ? 0.45 : 1 },
        encoding: { color: colorScale(series), detail: { field: 'series' }, ...tooltip },
      })),
    ],
  };
  return spec as unknown as TopLevelSpec;
}

/** The range of losses of all rows after the first tenth of the samples. */
export function learningDomain(rows: readonly CompletedRow[]): [number, number] {
  const curves = rows.map(pointsOf).filter((curve) => curve.length > 0);
  const late = curves.flatMap((curve) => {
    const after = curve.at(-1)!.samples / 10;
    return curve.filter((point) => point.samples >= after).map((point) => point.loss);
  });
  const [low, high] = [Math.min(...late), Math.max(...late)];
  const margin = Math.max(high - low, 1e-4) * 0.06;
  return [low - margin, high + margin];
}

function pointsOf(row: CompletedRow): CurvePoint[] {
  const { series } = row;
  const points = learningCurve(row, series.muted ? pointsPerMutedLine : pointsPerLine);
  if (points.length === 0) return [];
  const last = points.at(-1)!;
  const description = rowText(row, [
    `training loss ${formatFixed(last.loss)} at ${formatCount(last.samples)} samples`,
  ]);
  return points.map(({ samples, loss }, i) => ({
    series: series.key,
    samples,
    loss: Number(loss.toFixed(5)),
    ...(i === 0 && { description }),
  }));
}

function isBaseline(series: readonly Series[], point: CurvePoint): boolean {
  return series.find(({ key }) => key === point.series)!.method === baseline;
}
