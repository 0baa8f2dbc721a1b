import type { TopLevelSpec } from 'vega-lite';
import { formatFixed } from '../format.ts';
import { metrics } from '../metrics.ts';
import { paretoFront } from '../pareto.ts';
import type { CompletedRow } from '../summary.ts';
import { qualityDomain } from './quality-domain.ts';
import { digits } from './quality-points.ts';
import { rowText } from './row-text.ts';
import { saying } from './saying.ts';
import { colorOf, shapeOf } from './series-scales.ts';
import type { Zoom } from './svg.ts';

export interface SpeedInput {
  readonly metric: 'trainSpeed' | 'inferenceSpeed';
  /** The rows of one budget, with the baseline as reference. */
  readonly rows: readonly CompletedRow[];
}

/**
 * Quality against samples per second at one budget: speed grows to the right, on a logarithmic axis. Marks on the band are
 * the front: no other is as fast and as good.
 */
export function speedChart({ metric, rows }: SpeedInput, width: number): TopLevelSpec {
  const padding = { left: 54, right: 14, top: 10, bottom: 28 };
  const front = paretoFront(rows, ({ estimates }) => [
    [metrics[metric], estimates[metric].value],
    [metrics.auc, estimates.auc.value],
  ]);
  const named = rows.filter(({ series }) => !series.quiet);
  const domain = qualityDomain(
    named.map(({ estimates }) => estimates.auc),
    undefined,
  );
  const speeds = named.map(({ estimates }) => estimates[metric].value);
  // One very slow method among the others would push all others together.
  const slowest = Math.max(Math.min(...rows.map(({ estimates }) => estimates[metric].value)), Math.min(...speeds) / 1.5); // prettier-ignore
  const fastest = Math.max(...rows.map(({ estimates }) => estimates[metric].value));
  const points = named.map((row) => pointOf(row, metric));
  const quiet = rows.filter(({ series }) => series.quiet).map((row) => pointOf(row, metric));
  const onFront = [...front].map((row) => pointOf(row, metric)).map(({ speed, value }) => ({ speed, value }));
  const series = named.map((row) => row.series);
  const color = colorOf(series);
  const spec = {
    width: width - padding.left - padding.right,
    height: 220,
    padding,
    autosize: 'none',
    usermeta: { zoom: 'xy' satisfies Zoom },
    data: { values: points },
    encoding: {
      x: {
        field: 'speed',
        type: 'quantitative',
        scale: { type: 'log', domain: [slowest / 1.08, fastest * 1.08], nice: false },
        axis: { title: null, format: '~s', tickCount: 4, labelOverlap: true },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        scale: { domain, nice: false, zero: false },
        axis: { title: null, format: domain[1] - domain[0] < 0.006 ? '.4f' : '.3f', tickCount: 5 },
      },
    },
    layer: [
      {
        data: { values: onFront },
        mark: { type: 'line', strokeWidth: 10, stroke: 'var(--front)', strokeCap: 'round', strokeJoin: 'round', clip: true }, // prettier-ignore
      },
      {
        data: { values: quiet },
        mark: { type: 'point', size: 20, filled: true, fill: 'var(--series-rest)', opacity: 1, clip: true },
        encoding: saying,
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, clip: true },
        encoding: { y: { field: 'low', type: 'quantitative' }, y2: { field: 'high' }, color },
      },
      {
        mark: { type: 'point', size: 60, opacity: 1, filled: true },
        encoding: { color, shape: shapeOf(series), ...saying },
      },
    ].filter(({ data }) => data === undefined || data.values.length > 0),
  };
  return spec as unknown as TopLevelSpec;
}

function pointOf(row: CompletedRow, metric: SpeedInput['metric']) {
  const { value, error = 0 } = row.estimates.auc;
  const speed = row.estimates[metric];
  const { format } = metrics[metric];
  return {
    series: row.series.key,
    speed: Number(speed.value.toPrecision(5)),
    value: digits(value),
    low: digits(value - error),
    high: digits(value + error),
    description: rowText(row, [
      `${metrics.auc.label} ${formatFixed(value)}${error === 0 ? '' : ` ± ${formatFixed(error)}`}`,
      `${format(speed.value)} ± ${format(speed.error ?? 0)} samples per second`,
    ]),
  };
}
