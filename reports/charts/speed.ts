import type { TopLevelSpec } from 'vega-lite';
import { formatEstimate } from '../format.ts';
import { metricText } from '../metric-text.ts';
import { errorBar, scoreAxis } from './axes.ts';
import { frontOf } from '../../analysis/summary/fronts.ts';
import type { CompletedRow } from '../../analysis/summary/rows.ts';
import { pointLabels } from './point-labels.ts';
import { qualityDomain } from './quality-domain.ts';
import { rowText } from './row-text.ts';
import { tooltip } from './tooltip.ts';
import { colorScale, shapeScale } from './series-scales.ts';
import type { Zoom } from './svg.ts';

export interface SpeedInput {
  readonly metric: 'trainSpeed' | 'inferenceSpeed';
  /** The rows of one budget, with the baseline as reference. */
  readonly rows: readonly CompletedRow[];
  /** The rows of all budgets that share the scales; those of this one if undefined. */
  readonly among?: readonly CompletedRow[];
}

/**
 * Quality against samples per second at one budget: speed grows to the right, on a logarithmic axis. Marks on the band are
 * the front: no other is as fast and as good. From 480 pixels on, marks have names beside them where there is room.
 */
export function speedChart({ metric, ...input }: SpeedInput, width: number): TopLevelSpec {
  const rows = timedIn(input.rows, metric);
  const among = timedIn(input.among ?? input.rows, metric);
  const padding = { left: 54, right: 22, top: 10, bottom: 28 };
  const front = frontOf(rows, metric);
  const named = rows.filter(({ series }) => !series.muted);
  const scaled = among.filter(({ series }) => !series.muted);
  const domain = qualityDomain(
    scaled.map(({ estimates }) => estimates.auc),
    undefined,
  );
  const speeds = scaled.map(({ estimates }) => estimates[metric]!.value);
  // One very slow method among the others would push all others together.
  const slowest = Math.max(Math.min(...among.map(({ estimates }) => estimates[metric]!.value)), Math.min(...speeds) / 1.5); // prettier-ignore
  const fastest = Math.max(...among.map(({ estimates }) => estimates[metric]!.value));
  const points = named.map((row) => pointOf(row, metric));
  const muted = rows.filter(({ series }) => series.muted).map((row) => pointOf(row, metric));
  const onFront = [...front].map((row) => pointOf(row, metric)).map(({ speed, value }) => ({ speed, value }));
  const series = named.map((row) => row.series);
  const color = colorScale(series);
  const plot = { width: width - padding.left - padding.right, height: width >= 480 ? 280 : 220 };
  const [left, right] = [slowest / 1.08, fastest * 1.08];
  const toX = (speed: number) => (Math.log(speed / left) / Math.log(right / left)) * plot.width;
  const toY = (value: number) => ((domain[1] - value) / (domain[1] - domain[0])) * plot.height;
  const placeOf = ({ speed, value }: { speed: number; value: number }) => ({ x: toX(speed), y: toY(value) });
  const placed = points.map((point, i) => ({
    label: series[i].label,
    ...placeOf(point),
    ...{ low: toY(point.low), high: toY(point.high) },
  }));
  const spec = {
    ...plot,
    padding,
    autosize: 'none',
    usermeta: { zoom: 'xy' satisfies Zoom },
    data: { values: points },
    encoding: {
      x: {
        field: 'speed',
        type: 'quantitative',
        scale: { type: 'log', domain: [left, right], nice: false },
        axis: { title: null, format: '~s', tickCount: 4, labelOverlap: true },
      },
      y: scoreAxis(domain, 5),
    },
    layer: [
      {
        data: { values: onFront },
        mark: { type: 'line', strokeWidth: 10, stroke: 'var(--front)', strokeCap: 'round', strokeJoin: 'round', clip: true }, // prettier-ignore
      },
      {
        data: { values: muted },
        mark: { type: 'point', size: 20, filled: true, fill: 'var(--series-rest)', opacity: 1, clip: true },
        encoding: tooltip,
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', size: 60, opacity: 1, filled: true },
        encoding: { color, shape: shapeScale(series), ...tooltip },
      },
      ...(width >= 480 ? pointLabels(placed, { ...plot, others: muted.map(placeOf) }) : []),
    ].filter(({ data }) => data === undefined || data.values.length > 0),
  };
  return spec as unknown as TopLevelSpec;
}

/** The rows whose speed is known. */
export function timedIn(rows: readonly CompletedRow[], metric: SpeedInput['metric']): CompletedRow[] {
  return rows.filter(({ estimates }) => estimates[metric] !== undefined);
}

function pointOf(row: CompletedRow, metric: SpeedInput['metric']) {
  const { auc } = row.estimates;
  const speed = row.estimates[metric]!;
  const { format } = metricText[metric];
  return {
    series: row.series.key,
    speed: Number(speed.value.toPrecision(5)),
    ...errorBar(auc),
    description: rowText(row, [
      `${metricText.auc.label} ${formatEstimate(auc)}`,
      `${format(speed.value)} ± ${format(speed.error ?? 0)} samples per second`,
    ]),
  };
}
