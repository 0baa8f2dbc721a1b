import type { TopLevelSpec } from 'vega-lite';
import { formatRatio, formatShort } from '../format.ts';
import { metrics } from '../metrics.ts';
import type { CompletedRow } from '../summary.ts';
import { labelRoom, shortLabel } from './label-room.ts';
import { colorOf } from './series-scales.ts';

export interface ThroughputInput {
  readonly metric: 'trainSpeed' | 'inferenceSpeed';
  readonly rows: readonly CompletedRow[];
}

const barStep = 19;
const barHeight = 11;
const headingStep = 22;

/** Samples per second as bars from zero with MAD whiskers, under a heading for every budget. */
export function throughputChart({ metric, rows }: ThroughputInput, width: number): TopLevelSpec {
  const room = labelRoom(rows.map((row) => row.series.label));
  const padding = { left: Math.min(room + 12, width * 0.45), right: 64, top: 0, bottom: 4 };
  const plotWidth = width - padding.left - padding.right;
  const { bars, headings, height } = layOut(rows, metric);
  const longest = Math.max(...bars.map((bar) => bar.high));
  const series = [...new Set(rows.map((row) => row.series))];
  const y = { field: 'y', type: 'quantitative', scale: { domain: [height, 0], nice: false }, axis: null };
  const x = {
    field: 'value',
    type: 'quantitative',
    scale: { domain: [0, longest], nice: false },
    axis: null,
  };
  const spec = {
    width: plotWidth,
    height,
    padding,
    autosize: 'none',
    data: { values: bars },
    encoding: { y },
    layer: [
      {
        mark: { type: 'rect', aria: true, opacity: 0.85 },
        encoding: {
          x,
          x2: { datum: 0 },
          y: { ...y, field: 'top' },
          y2: { field: 'bottom' },
          color: colorOf(series),
          description: { field: 'description' },
        },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5, stroke: 'var(--ink)' },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        mark: { type: 'text', align: 'right', baseline: 'middle', limit: 1000 },
        encoding: { x: { value: -8 }, text: { field: 'short' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fill: 'var(--muted)' },
        encoding: { x: { ...x, field: 'high' }, text: { field: 'text' } },
      },
      {
        data: { values: headings },
        mark: { type: 'text', align: 'left', baseline: 'middle', fontWeight: 'bold', fill: 'var(--muted)' },
        encoding: { x: { value: -padding.left }, text: { field: 'text' } },
      },
    ],
  };
  return spec as unknown as TopLevelSpec;
}

/** Positions in pixels from the top: a heading for every budget, its rows under it, in the order of the table. */
function layOut(rows: readonly CompletedRow[], metric: ThroughputInput['metric']) {
  const headings: { y: number; text: string }[] = [];
  let height = 0;
  let budget: number | undefined;
  const bars = rows.map(({ series, requested, estimates }) => {
    if (requested !== budget) {
      budget = requested;
      headings.push({ y: height + headingStep / 2, text: formatRatio(requested) });
      height += headingStep;
    }
    const y = height + barStep / 2;
    height += barStep;
    const { value, error = 0 } = estimates[metric];
    return {
      series: series.key,
      short: shortLabel(series.label),
      y,
      top: y - barHeight / 2,
      bottom: y + barHeight / 2,
      value,
      low: Math.max(0, value - error),
      high: value + error,
      text: formatShort(value),
      description: `${series.label} at ${formatRatio(requested)}: ${metrics[metric].format(value)} ± ${metrics[metric].format(error)} samples per second`,
    };
  });
  return { bars, headings, height };
}
